import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv, run as runProgram } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { readUntil, startStage, type Stage } from "./stage.ts";
import {
  changedStage,
  changes,
  first,
  jsonOf,
  mainOf,
  pushChanges,
  versionsStage,
} from "./versions-stage.ts";

interface Moved {
  readonly results: readonly {
    readonly repoId: string;
    readonly from: string;
    readonly to: string;
    readonly path: string | null;
    readonly bytes: number;
    readonly ref?: string;
    readonly error?: { readonly code: string };
  }[];
  readonly left: readonly { readonly repoId: string; readonly reason: string }[];
}

const update = (stage: Stage, ...args: readonly string[]): Promise<Moved> =>
  jsonOf(stage, "update", ["update", ...args]);
const names = (list: readonly { readonly repoId: string }[]): readonly string[] =>
  list.map(({ repoId }) => repoId);

test("a dry run shows what changed and the bytes, and moves nothing", async () => {
  const stage = await changedStage();
  const before = await mainOf(stage, "org/weights");
  const { code, stdout, stderr } = await stage.run(["update", "--dry-run"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^MODEL +HERE +UPSTREAM +CHANGED +KIND +TO FETCH/);
  expect(stdout).toMatch(/^org\/weights +\w{7} +\w{7} +2026-11-01 +weights +40\.0 kB$/m);
  expect(stdout).not.toContain("org/card");
  expect(stderr).toContain("org/card stays: only its card changed");
  expect(stderr).toContain("4 updates, 40.0 kB to fetch.");
  const plan = await update(stage, "--dry-run", "--all");
  expect(names(plan.results)).toEqual(
    Object.keys(changes)
      .toSorted()
      .map((name) => `org/${name}`),
  );
  expect(plan.results.every(({ path }) => path === null)).toBe(true);
  expect(await mainOf(stage, "org/weights")).toBe(before);
});

test("an update fetches what changed, keeps the old version, and is done once", async () => {
  const stage = await changedStage();
  const old = await mainOf(stage, "org/weights");
  const { code, stdout, stderr } = await stage.run(["update"]);
  expect(code, stderr).toBe(0);
  const paths = stdout.trimEnd().split("\n");
  expect(paths).toHaveLength(4);
  expect(paths[3]).toBe(
    join(stage.cacheDir, "models--org--weights/snapshots", await mainOf(stage, "org/weights")),
  );
  expect(await readFile(join(paths[0] ?? "", "config.json"), "utf8")).toBe(
    '{"model_type": "llama", "x": 1}',
  );
  const snapshots = await readdir(join(stage.cacheDir, "models--org--weights", "snapshots"));
  expect(snapshots).toContain(old);
  expect((await update(stage)).results).toEqual([]);
  // By its name a card is wanted.
  expect(names((await update(stage, "org/card")).results)).toEqual(["org/card"]);
  expect((await stage.run(["update"])).stderr).toContain("6 models compared, all up to date.");
});

test("rolled back, a version is passed over until a newer one comes, and taken by name", async () => {
  const stage = await changedStage();
  const { hub, run } = stage;
  const [moved] = (await update(stage, "org/weights")).results;
  hub.log.clear();
  const back = await jsonOf<Moved>(stage, "rollback", ["rollback", "org/weights"]);
  expect(hub.log.entries).toEqual([]);
  expect(back.results).toEqual([
    expect.objectContaining({ from: moved?.to, to: moved?.from, bytes: 0, changes: ["weights"] }),
  ]);
  expect(await mainOf(stage, "org/weights")).toBe(moved?.from);
  const later = await run(["outdated"]);
  expect(later.stdout).not.toContain("org/weights");
  expect(later.stderr).toContain("org/weights was rolled back");
  expect((await update(stage, "--dry-run")).left).toContainEqual(
    expect.objectContaining({ repoId: "org/weights", reason: "rolled-back" }),
  );
  const named = await update(stage, "org/weights");
  expect(named.results).toEqual([expect.objectContaining({ to: moved?.to, bytes: 0 })]);
  await run(["rollback", "org/weights", "-q"]);
  await hub.addRepo("org/weights", { ...first, "config.json": '{"newer": true}' });
  expect(names((await update(stage)).results)).toContain("org/weights");
});

test("a rollback that has nowhere to go is an error with the way", async () => {
  const { run } = await changedStage();
  const { code, stderr } = await run(["rollback", "org/same"]);
  expect(code).toBe(4);
  expect(stderr).toContain("mlx-download history org/same");
  expect((await run(["rollback", "org/same", "org/none", "--json"])).code).toBe(4);
  expect((await run(["rollback", "org/same", "org/card", "--to", "abc"])).code).toBe(2);
});

test("a pinned commit stays, a pinned branch goes along", async () => {
  const stage = await changedStage();
  const commit = await mainOf(stage, "org/config");
  await stage.run(["cache", "pin", `org/config@${commit}`, "org/weights", "-q"]);
  const { results, left } = await update(stage);
  expect(left).toContainEqual(expect.objectContaining({ repoId: "org/config", reason: "pinned" }));
  expect(names(results)).toEqual(["org/template", "org/tokenizer", "org/weights"]);
});

test("of several that fail each is named, and the others are updated", async () => {
  const stage = await changedStage();
  stage.hub.store.removeRepo("org/config");
  const { code, stdout, stderr } = await stage.run([
    "update",
    "org/config",
    "org/weights",
    "org/no",
  ]);
  expect(code).toBe(11);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain("hub/repo-not-found");
  expect(stderr).toContain("cache/not-found");
  const { results } = await update(stage, "org/config", "org/template");
  expect(results.map(({ repoId, ref, error }) => [repoId ?? ref, error?.code])).toEqual([
    ["org/template", undefined],
    ["org/config", "hub/repo-not-found"],
  ]);
  expect((await stage.run(["update", "org/no"])).code).toBe(4);
});

test("an alias of a project moves with its lock, which no other update touches", async () => {
  const stage = await startStage();
  const { hub, run, env } = stage;
  await hub.addRepo("org/m", first);
  expect((await run(["add", "chat=org/m", "-q"])).code).toBe(0);
  await hub.addRepo("org/m", { ...first, "config.json": '{"x": 1}' });
  const lock = (): Promise<string> => readFile(join(env["HOME"] ?? "", "mlx-models.lock"), "utf8");
  const before = await lock();
  expect((await update(stage)).left).toEqual([
    expect.objectContaining({ repoId: "org/m", reason: "locked" }),
  ]);
  const plan = await update(stage, "chat", "--dry-run");
  expect(plan.results).toEqual([
    expect.objectContaining({ alias: "chat", path: null, changes: ["config"], bytes: 8 }),
  ]);
  expect(await lock()).toBe(before);
  const { results } = await update(stage, "chat");
  expect(await lock()).toContain(results[0]?.to);
  expect(await readFile(join(results[0]?.path ?? "", "config.json"), "utf8")).toBe('{"x": 1}');
  expect((await run(["install", "--frozen", "--offline"])).code).toBe(0);
  expect((await update(stage, "chat")).results).toEqual([]);
});

test("a history tells what the Hub has and what is here, offline only the latter", async () => {
  const stage = await changedStage();
  await stage.run(["update", "org/weights", "-q"]);
  const { stdout } = await stage.run(["history", "org/weights"]);
  expect(stdout).toMatch(/^COMMIT +DATE +HERE +REFS +TITLE\n/);
  expect(stdout).toMatch(/^\w{7} +2026-11-01 +main +main +Change the weights\n\w{7} .* here /m);
  interface History {
    readonly source: string;
    readonly commits: readonly { readonly commit: string; readonly here: boolean }[];
  }
  const history = (...args: readonly string[]): Promise<History> =>
    jsonOf(stage, "history", ["history", "org/weights", ...args]);
  const online = await history();
  expect(online).toMatchObject({ source: "hub", commits: [{ refs: ["main"] }, { here: true }] });
  expect(await history("--limit", "1")).toMatchObject({ more: true });
  const offline = await history("--offline");
  expect(offline.source).toBe("cache");
  expect(offline.commits.map(({ commit }) => commit).toSorted()).toEqual(
    online.commits.map(({ commit }) => commit).toSorted(),
  );
  await stage.hub.close();
  expect((await history()).source).toBe("cache");
  expect((await stage.run(["history", "org/none"])).code).toBe(5);
  expect((await stage.run(["history", "org/none", "--offline"])).code).toBe(4);
});

/** Killed runs end at a random place, and Python reads the cache after each of them. */
const kinds = Object.keys(changes);
const many = Array.from({ length: 20 }, (_, at) => {
  const kind = kinds[at % kinds.length] ?? "";
  return [`org/m${at}-${kind}`, kind] as const;
});
const python = pythonEnv("hub-2.4.0") ?? pythonEnv("hub-1.33.0");

test.skipIf(python === undefined)(
  "an update of twenty models, killed again and again, leaves each in its old version or its new one, as Python sees it",
  { timeout: 240_000 },
  async () => {
    const stage = await versionsStage(many.map(([name]) => name));
    const { cacheDir, env } = stage;
    const old = new Map<string, string>();
    for (const [name] of many) old.set(name, await mainOf(stage, name));
    await pushChanges(stage, many);
    const whole = async (): Promise<Readonly<Record<string, string>>> => {
      const { stdout, stderr } = await runProgram(
        join(python?.bin ?? "", "python"),
        [join(import.meta.dirname, "read_snapshots.py"), cacheDir, ...many.map(([name]) => name)],
        { env: { PATH: env["PATH"], HOME: env["HOME"], HF_HUB_OFFLINE: "1" } },
      );
      expect(stderr).toBe("");
      return JSON.parse(stdout) as Record<string, string>;
    };
    expect(await whole()).toEqual(Object.fromEntries(old));
    let before = 0;
    for (let round = 0; round < 6; round += 1) {
      const child = stage.start(["update", "--all", "--plain"]);
      // The first is killed while it compares, the next ones ever later.
      const until = round === 0 ? /./ : new RegExp(`(?:Verified[^]*){${round}}`);
      await readUntil(child.stderr, until);
      child.kill("SIGKILL");
      const seen = await whole();
      const moved = many.filter(([name]) => seen[name] !== old.get(name)).length;
      expect(moved).toBeGreaterThanOrEqual(before);
      before = moved;
    }
    expect(before).toBeGreaterThan(0);
    expect((await stage.run(["update", "--all", "-q"])).code).toBe(0);
    const end = await whole();
    expect(many.filter(([name]) => end[name] === old.get(name))).toEqual([]);
    for (const [name] of many) {
      expect((await stage.run(["rollback", name, "-q"])).code).toBe(0);
      if (name === "org/m3-tokenizer") break;
    }
    const back = await whole();
    expect(many.filter(([name]) => back[name] === old.get(name))).toHaveLength(4);
  },
);
