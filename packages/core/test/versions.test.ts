import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pinModel, repoLayout } from "@mlx-download/cache";
import { expect, test } from "vitest";
import {
  applyUpdate,
  type HubOptions,
  listHistory,
  listVersions,
  planUpdate,
  rollbackModel,
  type UpdatePlan,
} from "../src/index.ts";
import { failure, type Road, startRoad } from "./fixture.ts";
import { closedAddress } from "./serve.ts";

const first = {
  "config.json": '{"model_type":"llama"}',
  "README.md": "# One\n",
  "tokenizer.json": "{}",
  "model.safetensors": { size: 3_000_000, seed: 1 },
};

interface Versions extends Road {
  readonly options: HubOptions & { readonly cacheDir: string };
  readonly commits: string[];
  readonly main: () => Promise<string>;
  readonly push: (files: object, title?: string) => Promise<string>;
  readonly plan: () => Promise<UpdatePlan>;
}

/** A model of which the cache has the first version. */
async function startVersions(include?: string): Promise<Versions> {
  const road = await startRoad();
  const { hub, cacheDir, get } = road;
  const commits: string[] = [];
  const push = async (files: object, title = "Upload"): Promise<string> => {
    const { commit } = await hub.addRepo("acme/m", { ...first, ...files }, { title });
    commits.push(commit);
    return commit;
  };
  await push({}, "First");
  await get("acme/m", include === undefined ? {} : { include });
  const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
  return {
    ...road,
    options,
    commits,
    push,
    main: () => readFile(join(cacheDir, "models--acme--m", "refs", "main"), "utf8"),
    async plan() {
      const update = await planUpdate("acme/m", options);
      if (update === undefined) throw new Error("there is no update");
      return update;
    },
  };
}

test("an unchanged branch costs one request, a changed one is planned and carried out", async () => {
  const { hub, options, push, plan, main, commits } = await startVersions();
  hub.log.clear();
  expect(await planUpdate("acme/m", options)).toBeUndefined();
  expect(hub.log.entries).toHaveLength(1);

  const second = await push({ "model.safetensors": { size: 3_000_000, seed: 2 } });
  const update = await plan();
  expect(update).toMatchObject({ from: commits[0], to: second, cardOnly: false, selection: {} });
  // The old weights are as long as the new ones. They are no copy of them.
  expect(update.plan.bytes).toMatchObject({ toFetch: 3_000_000, copyable: 0 });
  expect(await main()).toBe(commits[0]);
  const { commit, revision, bytes } = await applyUpdate(update, options);
  expect({ commit, revision }).toEqual({ commit: second, revision: "main" });
  expect(bytes).toMatchObject({ fetched: 3_000_000, copied: 0 });
  expect(await main()).toBe(second);
  expect(await readdir(join(options.cacheDir, "models--acme--m", "snapshots"))).toHaveLength(2);
  expect(await planUpdate("acme/m", options)).toBeUndefined();
});

test("a plan is kept to, though the Hub moves on, and a branch that another program moved stays there", async () => {
  const { options, push, plan, main } = await startVersions();
  const second = await push({ "config.json": '{"x":2}' });
  const update = await plan();
  const third = await push({ "config.json": '{"x":3}' });
  expect((await applyUpdate(update, options)).commit).toBe(second);
  expect(await main()).toBe(second);

  const later = await plan();
  expect(later.to).toBe(third);
  const ref = join(options.cacheDir, "models--acme--m", "refs", "main");
  await writeFile(ref, "f".repeat(40));
  await applyUpdate(later, options);
  expect(await main()).toBe("f".repeat(40));
});

test("a stopped update leaves the branch and the version from before", async () => {
  const { options, push, plan, main, commits, get } = await startVersions();
  const second = await push({ "model.safetensors": { size: 3_000_000, seed: 2 } });
  const update = await plan();
  const stop = new AbortController();
  const stopped = applyUpdate(update, {
    ...options,
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type === "file-started") stop.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  expect(await main()).toBe(commits[0]);
  const { fromCache, commit } = await get("acme/m", { offline: true });
  expect({ fromCache, commit }).toEqual({ fromCache: true, commit: commits[0] });
  expect((await applyUpdate(await plan(), options)).commit).toBe(second);
  expect(await main()).toBe(second);
});

test.each([
  [{ "README.md": "# Two\n", "figures/a.png": "x", ".gitattributes": "y" }, true],
  [{ "README.md": "# Two\n", "config.json": "{}" }, false],
  [{ "notes.txt": "new" }, false],
])("a change of %j is only about the card: %s", async (files, cardOnly) => {
  const { push, plan } = await startVersions();
  await push(files);
  expect((await plan()).cardOnly).toBe(cardOnly);
});

test("of a version that is here in part, an update takes the same part", async () => {
  const { push, plan, options } = await startVersions("*.json");
  await push({
    "config.json": '{"x":2}',
    "model.safetensors": { size: 3_000_000, seed: 2 },
    "new.json": "{}",
  });
  const update = await plan();
  expect(update.plan.files.map(({ path }) => path)).toEqual(["config.json", "tokenizer.json"]);
  const { bytes } = await applyUpdate(update, options);
  expect(bytes.fetched).toBe(7);
});

test("paths with the signs of patterns are taken as they are", async () => {
  const { push, plan, get } = await startVersions("*.json");
  const odd = { "a[1].json": "1", "b?.json": "2" };
  await push(odd);
  await get("acme/m", { include: "*.json" });
  await push({ ...odd, "a1.json": "others", "bc.json": "others" });
  expect((await plan()).plan.files.map(({ path }) => path).toSorted()).toEqual([
    "a[1].json",
    "b?.json",
    "config.json",
    "tokenizer.json",
  ]);
});

test("a rollback moves no byte, and its version is passed over until a newer one comes", async () => {
  const { hub, options, push, plan, main, commits } = await startVersions();
  const second = await push({ "config.json": '{"x":2}' });
  await applyUpdate(await plan(), options);
  hub.log.clear();
  const dry = await rollbackModel("acme/m", { ...options, dryRun: true });
  expect(dry).toMatchObject({ from: second, to: commits[0] });
  expect(await main()).toBe(second);
  const back = await rollbackModel("acme/m", options);
  expect(back).toEqual(dry);
  expect(hub.log.entries).toEqual([]);
  expect(await main()).toBe(commits[0]);
  expect((await plan()).turnedAway).toBe(true);

  await push({ "config.json": '{"x":3}' });
  const update = await plan();
  expect(update.turnedAway).toBe(false);
  await applyUpdate(update, options);
  // Of two others the one that came last.
  expect((await rollbackModel("acme/m", options)).to).toBe(second);
  expect((await rollbackModel("acme/m", { ...options, to: commits[0]?.slice(0, 8) })).to).toBe(
    commits[0],
  );
});

test("a rollback needs a whole version that is here, and says what is missing", async () => {
  const { options, push, commits, get, main } = await startVersions();
  const at = (to: string): Promise<unknown> => rollbackModel("acme/m", { ...options, to });
  expect((await failure(rollbackModel("acme/m", options))).code).toBe("cache/not-found");
  expect((await failure(rollbackModel("acme/none", options))).code).toBe("cache/not-found");
  const second = await push({ "config.json": '{"x":2}' });
  expect((await failure(at(second))).code).toBe("cache/not-found");
  expect((await failure(at("0000000"))).code).toBe("cache/not-found");
  expect((await failure(rollbackModel(`acme/m@${second}`, options))).code).toBe("ref/invalid");
  await get(`acme/m@${second}`, { include: "*.md" });
  const part = await failure(at(second));
  expect(part).toMatchObject({ code: "offline/not-cached" });
  expect(part.hint).toContain(`get acme/m@${second}`);
  await get(`acme/m@${second}`);
  await rm(join(options.cacheDir, "models--acme--m", "snapshots", second, "config.json"));
  expect((await failure(at(second))).data["missing"]).toEqual(["config.json"]);
  expect(await main()).toBe(commits[0]);
});

test("a pin of a branch moves with it", async () => {
  const { options, push, plan, main } = await startVersions();
  await pinModel(repoLayout(options.cacheDir, "acme/m"));
  const second = await push({ "config.json": '{"x":2}' });
  await applyUpdate(await plan(), options);
  expect(await main()).toBe(second);
});

test("the history comes newest first, with the names of the Hub, and ends where it is cut", async () => {
  const { hub, options, push, commits } = await startVersions();
  for (let at = 2; at < 6; at += 1) await push({ "config.json": `{"x":${at}}` }, `Change ${at}`);
  await hub.addRepo("acme/m", first, { revision: "refs/tags/v1", commit: commits[0] ?? "" });
  const { commits: all, refs, more } = await listHistory("acme/m", options);
  expect(all.map(({ title }) => title)).toEqual([
    "Change 5",
    "Change 4",
    "Change 3",
    "Change 2",
    expect.any(String),
  ]);
  expect(all.map(({ commit }) => commit)).toEqual(commits.toReversed());
  expect(refs).toEqual({ main: commits.at(-1), v1: commits[0] });
  expect(more).toBe(false);
  const cut = await listHistory("acme/m", { ...options, limit: 2 });
  expect(cut).toMatchObject({ more: true });
  expect(cut.commits).toHaveLength(2);
});

test("a history that is no list is refused", async () => {
  const { hub, options } = await startVersions();
  hub.faults.add({ on: "api", kind: "status", status: 200, body: '{"commits":[]}' });
  expect((await failure(listHistory("acme/m", options))).code).toBe("hub/bad-response");
});

test("a history that repeats itself, or holds nonsense, ends", async () => {
  const { hub, options, commits } = await startVersions();
  const body = JSON.stringify([
    { id: commits[0], title: "\u001b[2J", date: "yesterday" },
    { id: "../../x" },
    null,
    7,
  ]);
  const link = `<${hub.url}/api/models/acme/m/commits/main?cursor=again>; rel="next"`;
  hub.faults.add({ on: "api", kind: "status", status: 200, body });
  hub.faults.add({ on: "api", kind: "setHeaders", headers: { link } });
  expect((await listHistory("acme/m", options)).commits).toEqual([
    { commit: commits[0], date: null, title: "\u001b[2J" },
  ]);
});

test("without network a history and a comparison are refused in the words of it", async () => {
  const { hub, options } = await startVersions();
  expect((await failure(listHistory("acme/m", { ...options, offline: true }))).code).toBe(
    "offline/not-cached",
  );
  await hub.close();
  expect((await failure(planUpdate("acme/m", options))).code).toBe("hub/unreachable");
});

test("the versions of the Hub and of the cache are one list, and those of the cache stand in when it is away", async () => {
  const { options, push, plan, commits } = await startVersions();
  await push({ "README.md": "# Two\n" }, "Second");
  await applyUpdate(await plan(), options);
  await push({ "README.md": "# Three\n" }, "Third");
  const [one, two, three] = commits;
  expect(await listVersions("acme/m", options)).toMatchObject({
    revision: "main",
    withoutHub: undefined,
    versions: [
      { commit: three, title: "Third", here: null, refs: ["main"], refsHere: [], arrivedAt: null },
      { commit: two, title: "Second", here: "complete", refs: [], refsHere: ["main"] },
      { commit: one, title: "First", here: "complete", refs: [], refsHere: [] },
    ],
  });
  const short = await listVersions("acme/m", { ...options, limit: 1 });
  expect(short.more).toBe(true);
  expect(new Set(short.versions.map(({ commit }) => commit))).toEqual(new Set(commits));
  expect((await failure(listVersions("acme/none", options))).code).toBe("hub/repo-not-found");
  const away = { ...options, endpoint: closedAddress };
  const offline = { ...options, offline: true };
  for (const how of [away, offline]) {
    const { versions, withoutHub } = await listVersions("acme/m", how);
    expect(withoutHub?.code).toBe(how === away ? "hub/unreachable" : "offline/not-cached");
    expect(new Set(versions.map(({ commit }) => commit))).toEqual(new Set([one, two]));
  }
  expect((await failure(listVersions("acme/none", away))).code).toBe("hub/unreachable");
  expect((await failure(listVersions("acme/none", offline))).code).toBe("cache/not-found");
});
