import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { failure, filesBelow, MODEL, startRoad } from "./fixture.ts";

const TOKEN = "hf_ThisTokenMustStayWithTheHub";
const STRANGER = "hf_AStrangersToken";

async function startGuardedHub() {
  const road = await startRoad();
  const { hub } = road;
  hub.store.addUser({ name: "anna", tokens: [TOKEN] });
  hub.store.addUser({ name: "otto", tokens: [STRANGER] });
  await hub.addRepo("acme/gated", MODEL, { gated: "manual", accepted: ["anna"] });
  await hub.addRepo("acme/private", MODEL, { private: true, readers: ["anna"] });
  await hub.addRepo("acme/disabled", MODEL, { disabled: true });
  await hub.addRepo("acme/renamed", MODEL, { renamedFrom: ["acme/old-name"] });
  return road;
}

describe("who may not have it is told why, and what to do", () => {
  test.each([
    ["a gated repo without a token", "acme/gated", false, "hub/gated", /HF_TOKEN/],
    ["a gated repo with a stranger's token", "acme/gated", STRANGER, "hub/gated", /access/],
    ["a private repo without a token", "acme/private", false, "hub/repo-not-found", /private/],
    [
      "a private repo with a stranger's token",
      "acme/private",
      STRANGER,
      "hub/repo-not-found",
      /private/,
    ],
    ["a repo that does not exist", "acme/none", TOKEN, "hub/repo-not-found", /spelling/],
    [
      "a revision that does not exist",
      "acme/renamed@nope",
      TOKEN,
      "hub/revision-not-found",
      /tree\/main/,
    ],
    ["a token that nobody knows", "acme/private", "hf_unknown", "hub/unauthorized", /token/],
    ["a disabled repo", "acme/disabled", TOKEN, "hub/disabled", /./],
  ] as const)("%s", async (_, ref, token, code, hint) => {
    const { get, cacheDir } = await startGuardedHub();
    const error = await failure(get(ref, { token }));
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
    expect(error.message).not.toMatch(/\n/);
    expect(await filesBelow(cacheDir)).not.toContain("config.json");
  });
});

test.each(["acme/gated", "acme/private"])("%s comes with the right token", async (repoId) => {
  const { get } = await startGuardedHub();
  expect((await get(repoId, { token: TOKEN })).bytes.fetched).toBe(3_000_029);
});

test("a renamed repo comes under the name that was asked for", async () => {
  const { get } = await startGuardedHub();
  const result = await get("acme/old-name");
  expect(result.repoId).toBe("acme/old-name");
  expect(result.path).toContain("models--acme--old-name");
});

test("nobody there is a coded error after a few tries", async () => {
  const { hub, get } = await startRoad();
  await hub.close();
  const error = await failure(get("acme/tiny"));
  expect(error.code).toBe("hub/unreachable");
  expect(error.message).toContain(hub.url);
});

test("the token reaches the Hub's own host and nobody else, in no event, error or file", async () => {
  const { hub, get, events, cacheDir } = await startGuardedHub();
  await get("acme/gated", { token: TOKEN });
  await get("acme/private", { token: TOKEN });
  hub.faults.add({ on: "resolve", kind: "redirectElsewhere", path: "config.json" });
  await get("acme/renamed", { token: TOKEN, force: true });
  const refused = await failure(get("acme/none", { token: TOKEN }));

  expect(hub.log.of({ target: "api" }).every((entry) => entry.authorization)).toBe(true);
  expect(hub.log.of({ target: "elsewhere" }).length).toBeGreaterThan(0);
  for (const target of ["cdn", "elsewhere"] as const) {
    expect(hub.log.of({ target, authorization: true })).toEqual([]);
  }
  const secret = TOKEN.slice(3);
  expect(inspect(events, { depth: 9 })).not.toContain(secret);
  expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain(secret);
  expect((await filesBelow(cacheDir)).join()).not.toContain(secret);
});

test("a token that is revoked in the middle ends with the code for it", async () => {
  const { hub, get } = await startGuardedHub();
  hub.faults.add({ on: "resolve", kind: "tokenRevoked" });
  expect((await failure(get("acme/gated", { token: TOKEN }))).code).toBe("hub/unauthorized");
});
