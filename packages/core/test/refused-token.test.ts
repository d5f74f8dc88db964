import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { beforeEach, describe, expect, test } from "vitest";
import { readStoredTokens, storeToken, tokenFiles, whoAmI } from "../src/account/account.ts";
import { download, downloadMany, inspectModel, listMLXModels, verifyModels } from "../src/index.ts";
import { failure, MODEL, type Road, startRoad } from "./fixture.ts";

let count = 0;
/** No two tests have a token in common: a process remembers what was refused. */
let TOKEN = "";
beforeEach(() => {
  count += 1;
  TOKEN = `hf_Refused${count}`;
});

// The four sentences that were seen (2025 and 2026), and what they tell.
const REFUSALS = [
  ["unknown", "Invalid username or password.", "the Hub does not know it", null],
  ["expired", 'User Access Token "token" is expired', 'the token "token" has expired', true],
  ["signature", "OAuth token signature verification failed", "the Hub has ended this login", false],
  ["malformed", "Invalid credentials in Authorization header", "the Hub does not know it", null],
] as const;

async function start(refusal: (typeof REFUSALS)[number][0] = "expired"): Promise<Road> {
  const road = await startRoad();
  const { hub } = road;
  hub.store.addUser({ name: "anna", tokens: [TOKEN] });
  await hub.addRepo("mlx-community/open", MODEL, { tags: ["mlx"] });
  await hub.addRepo("acme/private", MODEL, { private: true, readers: ["anna"] });
  await hub.addRepo("acme/gated", MODEL, { gated: "manual", accepted: ["anna"] });
  hub.store.revokeToken(TOKEN, refusal);
  return road;
}

const warnings = ({ events }: Road) => events.filter(({ type }) => type === "warning");
const withToken = ({ hub }: Road): number => hub.log.of({ authorization: true }).length;

describe.each(REFUSALS)("a token that is refused: %s", (refusal, said, why, expired) => {
  test("a public model comes without it, with one warning", async () => {
    const road = await start(refusal);
    const result = await road.get("mlx-community/open", {
      env: { HF_TOKEN: TOKEN },
      token: undefined,
    });
    expect(result.bytes.fetched).toBe(3_000_029);
    expect(warnings(road)).toMatchObject([
      {
        code: "hub/token-refused",
        message: expect.stringContaining(`refuses the token from HF_TOKEN (${why})`),
        hint: expect.stringMatching(/settings\/tokens and set HF_TOKEN to it, or unset HF_TOKEN/),
      },
    ]);
    // Once, for all questions and files.
    expect(withToken(road)).toBe(1);
  });

  test.each(["acme/private", "acme/gated", "acme/none"])(
    "%s is exit 3, not absent",
    async (repo) => {
      const road = await start(refusal);
      const error = await failure(road.get(repo, { env: { HF_TOKEN: TOKEN }, token: undefined }));
      expect(error).toMatchObject({
        code: "hub/unauthorized",
        message: expect.stringContaining(`refuses the token from HF_TOKEN: ${why}`),
        data: { tokenSource: "HF_TOKEN", expired, serverMessage: expect.stringContaining(said) },
      });
      expect(error.hint).toContain("HF_TOKEN");
      // Of a gated repo some is public, so that things did go on for a while.
      expect(warnings(road)).toHaveLength(repo === "acme/gated" ? 1 : 0);
    },
  );
});

test("a token file and an option are named for what they are", async () => {
  const road = await start();
  const home = await tempDir();
  await writeFile(join(home, "token"), TOKEN);
  const env = { HF_HOME: home };
  const fromFile = await failure(road.get("acme/private", { env, token: undefined }));
  expect(fromFile.message).toContain(
    `refuses the token from the token file ${join(home, "token")}`,
  );
  expect(fromFile.hint).toContain("mlx-download login");
  const handedIn = await failure(road.get("acme/private", { token: TOKEN }));
  expect(handedIn.message).toContain("refuses the token from the token option");
});

test("everything that asks the Hub goes on without it", async () => {
  const road = await start();
  const { hub, cacheDir } = road;
  const at = { env: { HF_TOKEN: TOKEN }, endpoint: hub.url, cacheDir };
  expect(await listMLXModels(at)).toHaveLength(1);
  await expect(inspectModel("mlx-community/open", at)).resolves.toMatchObject({ from: "hub" });
  await download("mlx-community/open", at);
  await expect(verifyModels(["mlx-community/open"], { ...at, hub: true })).resolves.toMatchObject({
    checked: 4,
    bad: [],
  });
  expect(await failure(whoAmI(at))).toMatchObject({
    code: "hub/unauthorized",
    data: { expired: true },
  });
  expect(withToken(road)).toBe(1);
});

test("several models at once are told of it once", async () => {
  const road = await start();
  await road.hub.addRepo("acme/other", MODEL);
  const onEvent = (event: Road["events"][number]): void => void road.events.push(event);
  const at = { env: { HF_TOKEN: TOKEN }, endpoint: road.hub.url, cacheDir: road.cacheDir, onEvent };
  const outcomes = await downloadMany(["mlx-community/open", "acme/other"], at);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  expect(warnings(road)).toHaveLength(1);
});

test("a token that is refused in the middle of a public download does not end it", async () => {
  const road = await startRoad();
  road.hub.store.addUser({ name: "anna", tokens: [TOKEN] });
  await road.hub.addRepo("acme/open", MODEL);
  road.hub.faults.add({ on: "resolve", kind: "tokenRevoked", refusal: "signature", times: 1 });
  expect((await road.get("acme/open", { token: TOKEN })).bytes.fetched).toBe(3_000_029);
  expect(warnings(road)).toHaveLength(1);
});

describe("a login of ours that the Hub has ended", () => {
  const renewed = "hf_oauth_renewed";

  /** A login in the token files, good for long, that the Hub refuses. */
  async function loggedIn(hub: TestHub, refreshToken: string | undefined) {
    const env = { HF_HOME: await tempDir() };
    const files = tokenFiles(env);
    const expiresAt = Date.now() + 30 * 24 * 3_600_000;
    await storeToken({ name: "oauth-anna", token: TOKEN, refreshToken, expiresAt }, files);
    hub.store.addUser({ name: "anna", tokens: [renewed] });
    return { env, files };
  }

  test("is renewed once, for all requests at once, and goes on", async () => {
    const road = await start("signature");
    const { hub, cacheDir } = road;
    const { env, files } = await loggedIn(hub, "again");
    const refreshed = () => hub.log.entries.filter(({ path }) => path === "/oauth/token").length;
    hub.deviceLogins.renew("again", {
      accessToken: renewed,
      refreshToken: "and again",
      expiresIn: 28_800,
    });
    const at = { env, endpoint: hub.url, cacheDir };
    const outcomes = await downloadMany(["acme/private", "acme/gated", "mlx-community/open"], at);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(refreshed()).toBe(1);
    expect(await readStoredTokens(files)).toMatchObject([
      { token: renewed, refreshToken: "and again" },
    ]);
    // The next call finds the new one.
    expect((await whoAmI({ env, endpoint: hub.url }))?.name).toBe("anna");
    expect(refreshed()).toBe(1);
  });

  test("takes the token that another process has renewed meanwhile", async () => {
    const road = await start("signature");
    const { env, files } = await loggedIn(road.hub, "again");
    await writeFile(files.tokenFile, TOKEN);
    road.hub.faults.add({
      on: "api",
      kind: "latency",
      ms: 1,
      onHit: () => void writeFile(files.tokenFile, renewed),
    });
    const result = await road.get("acme/private", { env, token: undefined });
    expect(result.bytes.fetched).toBe(3_000_029);
    expect(road.hub.log.entries.some(({ path }) => path === "/oauth/token")).toBe(false);
  });

  test("that cannot be renewed is told like any other refused token", async () => {
    const road = await start("signature");
    const { env } = await loggedIn(road.hub, "over");
    const error = await failure(road.get("acme/private", { env, token: undefined }));
    expect(error).toMatchObject({ code: "hub/unauthorized", data: { expired: false } });
    expect(error.hint).toContain("mlx-download login");
  });
});
