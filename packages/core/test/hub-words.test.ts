import { describe, expect, test } from "vitest";
import { listTree } from "../src/hub/list-tree.ts";
import { createHttpSource } from "../src/transfer/sources/http-source.ts";
import type { HubClient } from "../src/hub/hub-client.ts";
import { serveFront } from "./front.ts";
import { MODEL, failure, startRoad } from "./fixture.ts";
import { clientFor } from "./hub-client.ts";
import { closedAddress, failureOf } from "./serve.ts";

/** What the Hub sends when it limits an address, as recorded in September 2026: plain text, and no Retry-After. */
const LIMITED = {
  kind: "status",
  status: 429,
  rateLimit: { r: 0, t: 0 },
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "We had to rate limit your IP (203.0.113.77). To continue using our service, create a HF account or login.",
} as const;

describe("a rate limit", () => {
  test("is told once, however many requests it meets, with until when and that nobody must act", async () => {
    const { hub, get, events } = await startRoad();
    const small = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`f${at}.txt`, `${at}`]),
    );
    await hub.addRepo("acme/many", small);
    hub.faults.add({ on: "resolve", times: 8, ...LIMITED });
    await get("acme/many");
    const waits = events.filter(({ type }) => type === "waiting");
    expect(waits).toHaveLength(1);
    expect(waits[0]).toMatchObject({
      reason: "rate-limit",
      host: new URL(hub.url).host,
      message: expect.stringMatching(/limits .* continues by itself at \d\d:\d\d:\d\d$/),
    });
    expect(events.filter(({ type }) => type === "retry")).toEqual([]);
  });

  test("never shows the caller's address", async () => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "api", ...LIMITED, rateLimit: { r: 0, t: 3600 } });
    const error = await failure(get("acme/tiny"));
    expect(error).toMatchObject({ code: "hub/rate-limited", data: { retryAfterMs: 3_601_000 } });
    expect(error.data["serverMessage"]).toContain("your IP (…)");
    expect(JSON.stringify([events, error, error.message])).not.toContain("203.0.113.77");
  });
});

describe("storage that refuses links which the Hub has just given out", () => {
  test.each([
    [403, "SignatureError: invalid key pair id"],
    [401, ""],
    [404, "<Error><Code>NoSuchKey</Code><Message>not here</Message></Error>"],
  ])("is a network error of that host (%i)", async (status, body) => {
    const { hub } = await startRoad();
    const { commit } = await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "cdn", kind: "status", status, body });
    const error = await readWeights(clientFor(hub.url).client, commit);
    const { host, hostname } = new URL(hub.cdnUrl);
    expect(error).toMatchObject({
      failure: "transient",
      cause: {
        code: "transfer/refused",
        message: expect.stringContaining(`${host} refuses the link`),
        hint: expect.stringContaining(`The storage at ${hostname} is at fault, not your account`),
        data: { host, status },
      },
    });
  });

  test("is asked again, since the next link may be good", async () => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "cdn", kind: "expiredSignature", times: 2 });
    await get("acme/tiny");
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([
      { code: "transfer/refused" },
      { code: "transfer/refused" },
    ]);
  });

  test("gives way to another Hub's storage", async () => {
    const { hub, get } = await startRoad();
    const other = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    await other.hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "cdn", kind: "expiredSignature" });
    const result = await get("acme/tiny", { endpoint: [hub.url, other.hub.url] });
    expect(result.files).toHaveLength(4);
  });
});

test.each([
  ["with a length of 0", { "content-length": "0" }],
  ["chunked", {}],
])("a 206 without a byte is a fault of the edge, not another file (%s)", async (_, headers) => {
  const { hub, get, events } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  hub.faults.add({ on: "cdn", kind: "status", status: 206, body: "", headers, times: 1 });
  await get("acme/tiny");
  expect(events.filter(({ type }) => type === "retry")).toMatchObject([
    { code: "transfer/interrupted", path: "model.safetensors" },
  ]);
});

test("a topic of the Hub is told once in a download", async () => {
  const { hub, get, events } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const text = "unauthenticated; Warning: You are sending unauthenticated requests.";
  hub.faults.add({ on: "api", kind: "setHeaders", headers: { "x-hf-warning": text } });
  await get("acme/tiny");
  expect(events.filter(({ type }) => type === "warning")).toMatchObject([
    { topic: "unauthenticated", message: "You are sending unauthenticated requests." },
  ]);
});

describe("advice about the server of the files", () => {
  test("that takes long before its first byte names the variable for it", async () => {
    const { hub } = await startRoad();
    const { commit } = await hub.addRepo("acme/tiny", MODEL);
    hub.faults.add({ on: "cdn", kind: "stall" });
    const { client } = clientFor(hub.url, { downloadTimeoutMs: 200 });
    expect(await readWeights(client, commit)).toMatchObject({
      cause: { hint: expect.stringContaining("raise HF_HUB_DOWNLOAD_TIMEOUT") },
    });
  });

  test("that is blocked names its host, not HF_ENDPOINT", async () => {
    const { hub } = await startRoad();
    const { commit } = await hub.addRepo("acme/tiny", MODEL);
    const storage = closedAddress;
    const front = await serveFront(hub.url, ({ headers }) => {
      const location = headers.get("location");
      if (location) headers.set("location", location.replace(hub.cdnUrl, storage));
    });
    const error = await readWeights(clientFor(front.url).client, commit);
    const { hint } = error.cause as { hint: string };
    expect(hint).toContain(`The Hub answers, ${new URL(storage).host}, where it keeps its files`);
    expect(hint).not.toContain("HF_ENDPOINT");
  });
});

/** The error of reading the model's weights. */
async function readWeights(client: HubClient, commit: string): Promise<Error> {
  const { files } = await listTree(client, { repoId: "acme/tiny", commit });
  const file = files.find(({ path }) => path === "model.safetensors");
  const source = createHttpSource(client, { repoId: "acme/tiny", repoType: "model", commit });
  const io = {
    sink: { space: () => new Uint8Array(1024), filled: () => undefined },
    signal: AbortSignal.timeout(20_000),
    onWire: () => {},
  };
  return failureOf(source.read(file!, { start: 0, end: file!.size }, io));
}
