import { chmod, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectModel, listModels, planModel, repairModels, verifyModels } from "../src/index.ts";
import { collect } from "./collect.ts";
import { failure, filesBelow, type Road, startRoad } from "./fixture.ts";

const REPO = "acme/gated";
const FILES = {
  "README.md": "---\nlicense: llama3\n---\n# Gated\n",
  LICENSE: "Ask first.\n",
  "config.json": '{"model_type":"llama"}\n',
  "original/README.md": "not the card\n",
  "model.safetensors": { size: 3_000_000, seed: 7 },
} as const;
const tokenOf = (name: string): string => `hf_TokenOf${name}`;

/** A Hub that masks, with a gated repo and accounts whose requests for it stand differently. */
async function startGated(): Promise<Road & { readonly commit: string }> {
  const road = await startRoad({ maskGated: true });
  const { store } = road.hub;
  for (const name of ["anna", "ben", "carl", "dora", "eve"])
    store.addUser({ name, tokens: [tokenOf(name)] });
  const { commit } = await road.hub.addRepo(REPO, FILES, {
    gated: "manual",
    accepted: ["anna"],
    requests: { ben: "pending", carl: "rejected", dora: "reset" },
  });
  return { ...road, commit };
}

const options = ({ hub, cacheDir }: Road) => ({ env: {}, endpoint: hub.url, cacheDir });

describe("a gated repo tells each state apart", () => {
  test.each([
    [undefined, "anonymous", "its owner asks you to accept conditions first"],
    ["eve", "not-asked", "eve has not asked for access yet"],
    ["ben", "waiting", "the request of ben is waiting for the owner's review"],
    ["carl", "rejected", "the owner rejected the request of carl"],
    ["dora", "reset", "the owner reset the request of dora"],
  ])("%s: %s", async (name, access, words) => {
    const road = await startGated();
    const token = name === undefined ? false : tokenOf(name);
    const error = await failure(road.get(REPO, { token }));
    expect(error).toMatchObject({
      code: "hub/gated",
      repoId: REPO,
      data: {
        access,
        account: name ?? null,
        tokenSource: name === undefined ? null : "the token option",
        page: expect.stringMatching(/\/acme\/gated$/),
        withheld: { files: 1, bytes: 3_000_000 },
      },
    });
    expect(error.message).toContain(`${REPO} is gated: ${words}`);
    expect(error.hint).toContain(String(error.data["page"]));
    if (name !== undefined) expect(error.hint).toContain("the token option");
    // Nothing was planned, fetched or written.
    expect(road.events.map(({ type }) => type)).toEqual(["resolving", "resolved", "error"]);
    expect(await filesBelow(road.cacheDir)).toEqual([]);
  });

  test("in a plan and in a look at the model, too", async () => {
    const road = await startGated();
    const asked = { ...options(road), token: tokenOf("ben") };
    for (const ask of [planModel, inspectModel]) {
      expect(await failure(ask(REPO, asked))).toMatchObject({
        code: "hub/gated",
        data: { access: "waiting", account: "ben" },
      });
    }
  });
});

describe("without access", () => {
  test("the public files come, and no masked digest is written", async () => {
    const road = await startGated();
    const result = await road.get(REPO, { include: ["README.md", "LICENSE"] });
    expect(result.files.map(({ path }) => path).toSorted()).toEqual(["LICENSE", "README.md"]);
    const written = await filesBelow(road.cacheDir);
    expect(written.filter((path) => path.includes("trees"))).toEqual([]);
    expect(written.join()).not.toContain("*");
    // And once more from the cache.
    expect((await road.get(REPO, { include: "README.md" })).fromCache).toBe(true);
  });

  test("a file of the same name in a folder is no public one", async () => {
    const road = await startGated();
    const error = await failure(road.get(REPO, { include: "original/README.md" }));
    expect(error).toMatchObject({ code: "hub/gated", data: { access: "anonymous" } });
  });

  test("a folder of plain files takes the public files as well", async () => {
    const road = await startGated();
    const localDir = join(road.cacheDir, "..", "plain");
    await road.get(REPO, { include: "README.md", localDir });
    expect(await readdir(localDir)).toContain("README.md");
    expect((await filesBelow(localDir)).filter((path) => path.includes("trees"))).toEqual([]);
  });

  test("what is public of the model is described where that is wanted", async () => {
    const road = await startGated();
    const asked = { ...options(road), token: tokenOf("ben"), publicFacts: true };
    const model = await inspectModel(REPO, asked);
    expect(model).toMatchObject({
      repoId: REPO,
      commit: road.commit,
      totalBytes: 3_000_079,
      description: { weightsBytes: 3_000_000, modelType: "llama", contextLength: null },
      access: {
        state: "waiting",
        page: expect.stringContaining(REPO),
        message: expect.stringContaining("ben"),
        missing: { files: 3 },
      },
    });
    expect(road.hub.log.of({ target: "cdn" })).toEqual([]);
    const withAccess = await inspectModel(REPO, { ...asked, token: tokenOf("anna") });
    expect(withAccess.access).toBeNull();
  });

  test("a list shows the repo as gated", async () => {
    const road = await startGated();
    const models = await collect(listModels({ env: {}, endpoint: road.hub.url, tags: [] }));
    expect(models).toMatchObject([{ repoId: REPO, gated: "manual" }]);
  });
});

test("with access everything comes, and the record of the commit is whole", async () => {
  const road = await startGated();
  const token = tokenOf("anna");
  expect((await road.get(REPO, { token })).files).toHaveLength(5);
  const written = await filesBelow(road.cacheDir);
  expect(written.filter((path) => path.includes("trees/"))).toHaveLength(1);
  const { commit, loads } = await inspectModel(REPO, { ...options(road), token });
  expect({ commit, verdict: loads.verdict }).toMatchObject({ commit: road.commit });
});

describe("what is in the cache of a gated repo", () => {
  /** The model in the cache as an older client leaves it: no record of the listing. */
  async function startCached(): Promise<Road & { readonly commit: string }> {
    const road = await startGated();
    await road.get(REPO, { token: tokenOf("anna") });
    await rm(join(road.cacheDir, "models--acme--gated", "trees"), { recursive: true });
    road.hub.log.clear();
    return road;
  }

  test("is found without access: the git id of a pointer proves the digest that is masked", async () => {
    const road = await startCached();
    const result = await road.get(REPO);
    expect(result).toMatchObject({ fromCache: true, bytes: { total: 3_000_079 } });
    expect(road.hub.log.of({ target: "cdn" })).toEqual([]);
  });

  test("is verified without access against the Hub's word", async () => {
    const road = await startCached();
    const report = await verifyModels([REPO], { ...options(road), token: false, hub: true });
    expect(report).toMatchObject({ checked: 5, bad: [], missing: [] });
  });

  test("is not repaired without access, and nothing is moved", async () => {
    const road = await startCached();
    const snapshot = join(road.cacheDir, "models--acme--gated/snapshots", road.commit);
    const blob = await realpath(join(snapshot, "model.safetensors"));
    await chmod(blob, 0o644);
    await writeFile(blob, Buffer.alloc(3_000_000));
    const before = await filesBelow(road.cacheDir);
    const report = await repairModels([REPO], { ...options(road), token: tokenOf("carl") });
    expect(report.failed).toMatchObject([{ path: "model.safetensors", code: "hub/gated" }]);
    expect(report.failed[0]?.message).toContain("rejected");
    expect(report.repaired).toEqual([]);
    // The listing alone, whose digests the blobs' names gave and the Hub's git ids proved.
    const added = (await filesBelow(road.cacheDir)).filter((path) => !before.includes(path));
    expect(added).toEqual([`models--acme--gated/trees/${road.commit}.json`]);

    const repaired = await repairModels([REPO], { ...options(road), token: tokenOf("anna") });
    expect(repaired).toMatchObject({ failed: [], repaired: [{ path: "model.safetensors" }] });
  });
});

describe("of several endpoints", () => {
  test("one that masks is passed over for one that does not", async () => {
    const mirror = await startGated();
    const road = await startGated();
    const result = await road.get(REPO, {
      endpoint: [mirror.hub.url, road.hub.url],
      token: tokenOf("anna"),
    });
    expect(result.files).toHaveLength(5);
  });
});
