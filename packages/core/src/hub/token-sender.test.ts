import { Readable } from "node:stream";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import type { DownloadEventBody } from "../contract/events.ts";
import { responseHeaders } from "../http/response-headers.ts";
import type { Transport } from "../http/transport.ts";
import { readSettings } from "../settings/settings.ts";
import { createTokenSender } from "./token-sender.ts";

const HUB = "https://hub.test";
const MODEL = new URL(`${HUB}/api/models/acme/tiny`);

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

let count = 0;

/** A sender for `endpoint`, and the requests that it made of a server that answers as told. */
async function sending(
  answer: (url: URL, authorization: string | undefined) => Answer,
  options: { readonly endpoint?: string; readonly env?: NodeJS.ProcessEnv } = {},
) {
  // A process remembers what was refused: no two tests have a token in common.
  count += 1;
  const token = `hf_Sender${count}`;
  const env = { HF_HOME: await tempDir(), HF_TOKEN: token, ...options.env };
  const settings = await readSettings({ env, endpoint: options.endpoint ?? HUB });
  const asked: string[] = [];
  const events: DownloadEventBody[] = [];
  const transport: Transport = {
    async request(url, init) {
      const authorization = init?.headers?.["authorization"]?.replace(token, "TOKEN");
      asked.push(`${url.href} ${authorization ?? "-"}`);
      const { status, headers = {} } = answer(url, authorization);
      const body = Readable.from([]);
      return { status, headers: responseHeaders(Object.entries(headers)), body, discard() {} };
    },
    close: async () => {},
  };
  const emit = (event: DownloadEventBody): void => void events.push(event);
  const make = (endpoint = settings.endpoint) =>
    createTokenSender({ ...settings, endpoint }, { transport, emit, userAgent: "test" });
  return { sender: make(), make, token, asked, events };
}

const refuse = (_: URL, authorization: string | undefined): Answer => ({
  status: authorization === undefined ? 200 : 401,
});

test("the token goes to its Hub over https, and an answer says what was sent", async () => {
  const { sender, asked } = await sending(() => ({ status: 200 }));
  expect((await sender.send(MODEL, {})).tokenSource).toBe("HF_TOKEN");
  const elsewhere = await sender.send(new URL("https://cdn.test/x"), {});
  expect(elsewhere.tokenSource).toBeUndefined();
  expect(asked).toEqual([`${MODEL.href} Bearer TOKEN`, "https://cdn.test/x -"]);
});

test.each([
  ["a mirror beside the Hub", "https://mirror.test,https://huggingface.co"],
  ["a Hub that has a login of its own", "https://anna:secret@hub.test"],
  ["a Hub over http", "http://hub.test"],
])("%s gets no token", async (_, endpoint) => {
  const { sender, asked } = await sending(() => ({ status: 200 }), { endpoint });
  const { tokenSource } = await sender.send(new URL("/api", endpoint.split(",")[0]), {});
  expect(tokenSource).toBeUndefined();
  expect(asked.join()).not.toContain("TOKEN");
});

test("a refused token is given up, told of once, and not tried again by the next sender", async () => {
  const { sender, make, asked, events } = await sending(refuse);
  expect(await sender.send(MODEL, {})).toMatchObject({ refused: { source: "HF_TOKEN" } });
  await sender.send(MODEL, {});
  sender.tellRefused();
  expect(asked.map((line) => line.split(" ")[1])).toEqual(["Bearer", "-", "-"]);
  expect(events.map(({ type }) => type)).toEqual(["warning"]);
  await make().send(MODEL, {});
  expect(asked).toHaveLength(4);
  expect(asked.at(-1)).toBe(`${MODEL.href} -`);
});

test.each([400, 404])("nothing goes on without a token when the answer is %i", async (status) => {
  const { sender, events } = await sending((url, authorization) =>
    authorization === undefined ? { status } : refuse(url, authorization),
  );
  await sender.send(MODEL, {});
  expect(events).toEqual([]);
});

test("a 401 that is about the repo, or another server's, is no word about the token", async () => {
  const named = { status: 401, headers: { "x-error-code": "RepoNotFound" } };
  const ofRepo = await sending(() => named);
  expect((await ofRepo.sender.send(MODEL, {})).response.status).toBe(401);
  expect(ofRepo.sender.token()).toBe(ofRepo.token);
  const ofStorage = await sending((url) =>
    url.origin === HUB ? { status: 302, headers: { location: "https://cdn.test/x" } } : named,
  );
  await ofStorage.sender.send(MODEL, {});
  expect(ofStorage.sender.token()).toBe(ofStorage.token);
  const bare = await sending((url) =>
    url.origin === HUB
      ? { status: 302, headers: { location: "https://cdn.test/x" } }
      : { status: 401 },
  );
  await bare.sender.send(MODEL, {});
  expect(bare.sender.token()).toBe(bare.token);
  expect(bare.asked).toHaveLength(2);
});

test("of several refusals the first counts, and none of a token that is not in use", async () => {
  const { sender, token } = await sending(() => ({ status: 200 }));
  await sender.giveUp("hf_another", "no");
  expect([sender.token(), sender.refused()]).toEqual([token, undefined]);
  await Promise.all([sender.giveUp(token, "first"), sender.giveUp(token, "second")]);
  expect(sender.refused()).toMatchObject({ serverText: "first" });
  expect(sender.token()).toBe(false);
  await sender.giveUp(token, "third");
  expect(sender.refused()).toMatchObject({ serverText: "first" });
});
