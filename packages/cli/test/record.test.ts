import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openRegistry, readRecord, type ModelRecord } from "@mlx-download/registry";
import { expect, onTestFinished, test } from "vitest";
import { startStage, type Stage } from "./stage.ts";
import { changedStage, mainOf } from "./versions-stage.ts";

const dbOf = ({ env }: Stage): string =>
  join(env["HOME"] ?? "", ".local/state/mlx-download/registry.db");

function recordOf(stage: Stage, repoId: string): ModelRecord {
  const registry = openRegistry({ path: dbOf(stage) });
  try {
    return readRecord(registry, repoId);
  } finally {
    registry.close();
  }
}

test("downloads, updates, rollbacks and views are recorded by themselves", async () => {
  const stage = await changedStage();
  const { run, hub } = stage;
  const old = await mainOf(stage, "org/weights");
  await run(["org/weights", "--offline", "-q"]);
  await run(["update", "org/weights", "-q"]);
  const fresh = await mainOf(stage, "org/weights");
  await run(["rollback", "org/weights", "-q"]);
  await run(["cache", "view", "org/weights", "--to", join(stage.cacheDir, "../view"), "-q"]);
  const { downloads, versions, views } = recordOf(stage, "org/weights");
  expect(downloads.map(({ commit, source }) => [commit, source])).toEqual([
    [fresh, new URL(hub.url).host],
    [old, new URL(hub.url).host],
  ]);
  expect(versions.map(({ commit, how }) => [commit, how])).toEqual([
    [old, "rollback"],
    [fresh, "update"],
    [old, "download"],
  ]);
  expect(views).toBe(1);
  const { stdout } = await run(["history", "org/weights", "--offline", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    commits: expect.arrayContaining([
      expect.objectContaining({ commit: fresh, fetchedFrom: new URL(hub.url).host }),
    ]),
  });
});

test("a record that was lost is rebuilt from the cache, and the rest of it is said to be lost", async () => {
  const stage = await changedStage();
  const { run, hub } = stage;
  await run(["update", "org/weights", "-q"]);
  const fresh = await mainOf(stage, "org/weights");
  for (const suffix of ["", "-wal", "-shm"]) await rm(dbOf(stage) + suffix, { force: true });
  await hub.addRepo("org/later", {
    "config.json": "{}",
    "model.safetensors": { size: 9, seed: 1 },
  });
  const { stderr } = await run(["org/later"]);
  expect(stderr).toMatch(
    /warning: the record of downloads was lost: \d+ downloads and \d+ versions rebuilt/,
  );
  expect(stderr).toContain("did not come back");
  const { downloads, versions } = recordOf(stage, "org/weights");
  expect(downloads).toHaveLength(2);
  expect(downloads[0]).toMatchObject({
    commit: fresh,
    revision: "main",
    fetched: null,
    source: null,
  });
  expect(downloads[0]?.bytes).toBeGreaterThan(0);
  expect(versions.map(({ commit, how }) => [commit, how])).toEqual([[fresh, "found"]]);
  const { downloads: own } = recordOf(stage, "org/later");
  expect(own.map(({ fetched }) => fetched)).toEqual([expect.any(Number)]);
  // Once, not at every command.
  await hub.addRepo("org/last", { "config.json": "{}", "model.safetensors": { size: 9, seed: 2 } });
  expect((await run(["org/last"])).stderr).not.toContain("lost");
  expect(recordOf(stage, "org/weights").downloads).toHaveLength(2);
});

test("a cache that other programs filled had no record that could be lost", async () => {
  const stage = await startStage();
  await stage.hub.addRepo("org/one", {
    "config.json": "{}",
    "a.safetensors": { size: 10, seed: 1 },
  });
  await stage.hub.addRepo("org/two", {
    "config.json": "{}",
    "a.safetensors": { size: 10, seed: 2 },
  });
  expect((await stage.run(["org/one"])).stderr).not.toContain("record");
  expect((await stage.run(["org/two"])).stderr).not.toContain("record");
});

test("with the record switched off nothing is written", async () => {
  const own = await startStage();
  own.env["MLX_DOWNLOAD_RECORD"] = "0";
  await own.hub.addRepo("org/one", { "config.json": "{}", "a.safetensors": { size: 10, seed: 1 } });
  expect((await own.run(["org/one", "-q"])).code).toBe(0);
  await expect(stat(dbOf(own))).rejects.toThrow();
});

type Spoil = (path: string) => unknown;

async function noise(path: string, from: number, length: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(length, 0xa5), 0, length, from);
  await file.close();
}

const states: readonly (readonly [string, Spoil])[] = [
  ["its header zeroed", (path) => noise(path, 0, 100)],
  ["text in its place", (path) => writeFile(path, "hello\n".repeat(2000))],
  ["cut in half", async (path) => truncate(path, Math.floor((await stat(path)).size / 2))],
  ["emptied", (path) => truncate(path, 0)],
  ["noise in its middle", async (path) => noise(path, 8192, (await stat(path)).size - 8192)],
  [
    "written by a newer version",
    (path) => {
      const db = new DatabaseSync(path);
      db.exec("pragma user_version=99");
      db.close();
    },
  ],
  [
    "a folder in its place",
    async (path) => {
      await rm(path);
      await mkdir(path);
    },
  ],
  [
    "locked by another process",
    async (path) => {
      const program = `const { DatabaseSync } = require("node:sqlite");
        const db = new DatabaseSync(process.argv[1]); db.exec("begin exclusive");
        console.log("locked"); setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ["-e", program, path], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      await new Promise((resolve) => child.stdout.once("data", resolve));
    },
  ],
  [
    "read-only, as is its folder",
    async (path) => {
      await chmod(path, 0o444);
      await chmod(dirname(path), 0o555);
      onTestFinished(() => chmod(dirname(path), 0o755));
    },
  ],
];

test(
  "whatever is wrong with the registry, no command but a search of it fails, and nothing downloaded is lost",
  { timeout: 240_000 },
  async () => {
    const stage = await changedStage();
    const path = dbOf(stage);
    const { run, hub } = stage;
    await run(["catalogue", "sync", "-q"]);
    {
      const db = new DatabaseSync(path);
      db.exec("pragma wal_checkpoint(truncate)");
      db.close();
    }
    const sound = `${path}.sound`;
    await copyFile(path, sound);
    const few = ["its header zeroed", "noise in its middle", "locked by another process"];
    const chosen = states.filter(
      ([what]) => process.env["MLX_DOWNLOAD_FAULTS"] === "all" || few.includes(what),
    );
    for (const [at, [what, spoil]] of chosen.entries()) {
      await rm(path, { recursive: true, force: true });
      for (const suffix of ["-wal", "-shm"]) await rm(path + suffix, { force: true });
      await copyFile(sound, path);
      await spoil(path);
      const name = `org/new-${at}`;
      await hub.addRepo(name, { "config.json": "{}", "model.safetensors": { size: 9, seed: at } });
      const most = [
        [name],
        ["history", "org/weights"],
        [at % 2 === 0 ? "update" : "rollback", "org/weights"],
      ];
      const others = [["outdated"], ["path", name], ["cache", "ls"], ["info", name]];
      const commands = at === 0 ? [...most, ...others] : most;
      for (const args of commands) {
        const { code, stderr } = await run([...args, "--json"]);
        expect(code, `${what}: ${args.join(" ")}: ${stderr}`).toBe(0);
        // It is said in one line at most.
        expect(stderr.match(/registry\.db/g)?.length ?? 0, stderr).toBeLessThanOrEqual(2);
      }
      if (what.startsWith("locked")) continue;
      const search = await run(["search", "weights", "--offline"]);
      expect([0, 4, 6, 9], `${what}: ${search.stderr}`).toContain(search.code);
      if (what.startsWith("read-only")) await chmod(dirname(path), 0o755);
    }
  },
);
