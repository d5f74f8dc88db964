import { startTestHub, type TestHub, type TestHubOptions } from "@mlx-download/hub-server/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { listTree } from "../../src/hub/list-tree.ts";
import { resolveCommit } from "../../src/hub/resolve-commit.ts";
import { searchModels } from "../../src/find/search-models.ts";
import { collect } from "../collect.ts";
import { clientFor } from "../hub-client.ts";
import { failureOf } from "../serve.ts";

const FILES = {
  "config.json": '{"model_type":"llama"}\n',
  "empty.txt": "",
  "model.safetensors": { size: 20_000, seed: 1 },
  "sub/dir/notes.txt": "hello\n",
  "sub/more.txt": "more\n",
};
const PATHS = Object.keys(FILES).toSorted();
const TOKEN = { token: "hf_secret", tokenSource: "HF_TOKEN" };

/** A Hub with one repo, played as `options` say, and a client with a token that must not leak. */
async function start(options: TestHubOptions = {}) {
  const hub = await startTestHub(options);
  onTestFinished(() => hub.close());
  hub.store.addUser({ name: "anna", tokens: [TOKEN.token] });
  const { commit } = await hub.addRepo("acme/tiny", FILES);
  const { client, events } = clientFor(hub.url, TOKEN);
  const repo = { repoId: "acme/tiny", commit };
  return { hub, client, events, commit, repo };
}

const paths = (files: readonly { path: string }[]): string[] =>
  files.map(({ path }) => path).toSorted();

const tokenLeft = (hub: TestHub): boolean =>
  hub.log.entries.some((entry) => entry.authorization && !hub.url.includes(entry.host));

describe("metadata of servers that stand in for the Hub", () => {
  test("the real one: one call for the commit, one for the tree", async () => {
    const { hub, client, commit, repo } = await start();
    expect(await resolveCommit(client, { repoId: "acme/tiny" })).toMatchObject({ commit });
    const { files } = await listTree(client, repo);
    expect(paths(files)).toEqual(PATHS);
    expect(files.find(({ path }) => path === "model.safetensors")).toMatchObject({
      size: 20_000,
      digest: { algorithm: "sha256" },
    });
    expect(hub.log.entries).toHaveLength(2);
  });

  test("1: blank entries in place of folders are skipped", async () => {
    const { client, repo } = await start({ quirks: { blankDirectories: true } });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
  });

  test("2: without error codes the question tells what is missing", async () => {
    const { client, repo } = await start({ quirks: { noErrorCodes: true } });
    expect(await failureOf(resolveCommit(client, { repoId: "acme/absent" }))).toMatchObject({
      code: "hub/repo-not-found",
    });
    expect(
      await failureOf(resolveCommit(client, { repoId: "acme/tiny", revision: "absent" })),
    ).toMatchObject({ code: "hub/revision-not-found" });
    expect(await failureOf(listTree(client, { ...repo, commit: "0".repeat(40) }))).toMatchObject({
      code: "hub/revision-not-found",
    });
  });

  test("3: an unknown revision that is answered 200 is not found all the same", async () => {
    const { client, repo } = await start({ quirks: { unknownRevisionOk: true } });
    expect(
      await failureOf(resolveCommit(client, { repoId: "acme/tiny", revision: "absent" })),
    ).toMatchObject({ code: "hub/revision-not-found" });
    expect(await failureOf(listTree(client, { ...repo, commit: "0".repeat(40) }))).toMatchObject({
      code: "hub/unavailable",
    });
  });

  test("4: no X-Repo-Commit, and a chunked tree that never pages", async () => {
    const quirks = { noRepoCommitOnApi: true, treeWithoutPages: true };
    const { client, commit, repo } = await start({ quirks, treePageSize: 2 });
    expect(await resolveCommit(client, { repoId: "acme/tiny" })).toMatchObject({ commit });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
  });

  test("5: a redirect to the absolute address with a trailing slash", async () => {
    const { client, repo } = await start({ quirks: { treeSlashRedirect: true } });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
  });

  test("5: a next page on the upstream's origin is asked for at the mirror, with the token for it alone", async () => {
    const { hub, client, repo } = await start({
      quirks: { nextPageElsewhere: true },
      treePageSize: 2,
    });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(hub.log.entries.filter((entry) => !hub.url.includes(entry.host))).toEqual([]);
    expect(tokenLeft(hub)).toBe(false);
  });

  test("5: where the cursor is ignored the folders are listed one by one", async () => {
    const quirks = { nextPageElsewhere: true, cursorIgnored: true };
    const { client, hub, repo } = await start({ quirks, treePageSize: 4 });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(hub.log.entries.length).toBeLessThan(10);
  });

  test("5: where even that repeats, an error names the way out", async () => {
    const { client, repo } = await start({ quirks: { cursorIgnored: true }, treePageSize: 1 });
    expect(await failureOf(listTree(client, repo))).toMatchObject({
      code: "hub/bad-response",
      hint: expect.stringContaining("mirror"),
    });
  });

  test("6: a refused listing is no missing repo", async () => {
    const { client } = await start({ quirks: { listingRefused: true } });
    expect(await failureOf(collect(searchModels(client, {})))).toMatchObject({
      code: "hub/unauthorized",
      hint: expect.stringContaining("mirrors"),
    });
  });

  test("6: an upstream that is down is unavailable, after a few tries", async () => {
    const { hub, client, events } = await start();
    const fault = hub.faults.add({ kind: "status", on: "api", status: 504 });
    expect(await failureOf(resolveCommit(client, { repoId: "acme/tiny" }))).toMatchObject({
      code: "hub/unavailable",
    });
    expect(fault.hits).toBe(6);
    expect(events.filter(({ type }) => type === "retry")).toHaveLength(5);
  });

  test("7: a renamed repo keeps the name that was asked for", async () => {
    const { hub, client, events } = await start();
    const { commit } = await hub.addRepo("new-org/tiny", FILES, { renamedFrom: ["old-org/tiny"] });
    expect(await resolveCommit(client, { repoId: "old-org/tiny" })).toEqual({
      repoId: "old-org/tiny",
      revision: "main",
      commit,
    });
    expect(paths((await listTree(client, { repoId: "old-org/tiny", commit })).files)).toEqual(
      PATHS,
    );
    expect(events).toMatchObject([{ type: "warning", code: "hub/renamed" }]);
  });

  test.each([
    // A token was sent, and a good one gives 404 for a repo that is missing.
    [401, "hub/unauthorized"],
    [403, "hub/forbidden"],
    [503, "hub/unavailable"],
  ])("8: a bare %d", async (status, code) => {
    const { hub, client } = await start();
    hub.faults.add({ kind: "status", on: "api", status, body: "" });
    expect(await failureOf(resolveCommit(client, { repoId: "acme/tiny" }))).toMatchObject({ code });
  });

  test("17: an answer that never starts is given up, and asked for again", async () => {
    const { hub, repo } = await start();
    hub.faults.add({ kind: "stall", on: "api", times: 1 });
    const { client, events } = clientFor(hub.url, { etagTimeoutMs: 100 });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(events).toMatchObject([{ type: "retry", code: "hub/unreachable" }]);
  });

  test("17: so is one that stops in the middle", async () => {
    const { hub, repo } = await start();
    hub.faults.add({ kind: "stall", on: "api", afterBytes: 20, times: 1 });
    const { client, events } = clientFor(hub.url, { downloadTimeoutMs: 100 });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(events).toMatchObject([{ type: "retry", code: "transfer/stalled" }]);
  });

  test("18: an endpoint with a path", async () => {
    const { hub, client, commit, repo } = await start({ basePath: "/mirror", treePageSize: 2 });
    expect(hub.url).toMatch(/\/mirror$/);
    expect(await resolveCommit(client, { repoId: "acme/tiny" })).toMatchObject({ commit });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(await collect(searchModels(client, {}))).toHaveLength(1);
  });

  test("19: a redirect to another origin is followed without the token", async () => {
    const { hub, client, repo } = await start();
    hub.faults.add({ kind: "redirectElsewhere", on: "api" });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(hub.log.entries.map(({ authorization }) => authorization)).toEqual([true, false]);
    expect(tokenLeft(hub)).toBe(false);
  });

  test("a redirect loop ends", async () => {
    const { hub, client, repo } = await start();
    hub.faults.add({ kind: "redirectLoop", on: "api" });
    expect(await failureOf(listTree(client, repo))).toMatchObject({ code: "hub/redirect-loop" });
  });

  test("a captive portal is called one", async () => {
    const { hub, client } = await start();
    hub.faults.add({ kind: "loginPage", on: "api" });
    expect(await failureOf(resolveCommit(client, { repoId: "acme/tiny" }))).toMatchObject({
      code: "hub/bad-response",
      hint: expect.stringContaining("captive portal"),
    });
  });

  test("cut, truncated and hung-up answers are asked for again", async () => {
    const { hub, client, events, repo } = await start();
    hub.faults.add({ kind: "cut", on: "api", afterBytes: 30, nth: 1 });
    hub.faults.add({ kind: "truncatedJson", on: "api", nth: 2 });
    // Twice: a kept connection that closes is replaced without a word, once.
    hub.faults.add({ kind: "hangUp", on: "api", nth: [3, 4] });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    expect(events.map((event) => "code" in event && event.code)).toEqual([
      "transfer/interrupted",
      "hub/bad-response",
      "hub/unreachable",
    ]);
  });

  test("a rate limit is waited for as long as the window says", async () => {
    const { hub, client, events, repo } = await start();
    hub.faults.add({ kind: "status", on: "api", status: 429, rateLimit: { r: 0, t: 0 }, times: 1 });
    expect(paths((await listTree(client, repo)).files)).toEqual(PATHS);
    const waits = events.filter((event) => event.type === "waiting");
    expect(waits).toMatchObject([{ reason: "rate-limit" }]);
    expect(waits[0]?.delayMs).toBeGreaterThanOrEqual(1000);
  });
});
