import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import {
  createRecorder,
  openRegistry,
  previousVersion,
  type ModelRecord,
  readRecord,
  type RecordableEvent,
} from "../src/index.ts";

const a = "a".repeat(40);
const b = "b".repeat(40);
const c = "c".repeat(40);

const result = (commit: string, over: object = {}): RecordableEvent => ({
  type: "result",
  at: 1000,
  repoId: "org/m",
  result: {
    revision: "main",
    commit,
    durationMs: 12.4,
    bytes: { total: 100, fetched: 60 },
    ...over,
  },
});

const dbPath = async (): Promise<string> => join(await tempDir(), "state", "registry.db");

function recordAt(path: string): ModelRecord {
  const registry = openRegistry({ path });
  try {
    return readRecord(registry, "org/m");
  } finally {
    registry.close();
  }
}

test("a download is recorded with its version and its sources, once it has ended", async () => {
  const path = await dbPath();
  const recorder = createRecorder({ path, source: "hub.example" });
  recorder.onEvent({ type: "progress", at: 1, repoId: "org/m" });
  recorder.onEvent({ type: "source-switched", at: 2, repoId: "org/m", from: "x", to: "mirror" });
  recorder.onEvent(result(a));
  recorder.view("org/m");
  expect(recorder.flush()).toBe(true);
  const { downloads, versions, uses, views } = recordAt(path);
  expect(downloads).toEqual([
    {
      repoId: "org/m",
      revision: "main",
      commit: a,
      at: 1000,
      bytes: 100,
      fetched: 60,
      durationMs: 12,
      source: "hub.example mirror",
    },
  ]);
  expect(versions).toEqual([
    { repoId: "org/m", revision: "main", commit: a, since: 1000, how: "download" },
  ]);
  expect({ uses, views }).toEqual({ uses: 1, views: 1 });
});

test("a version is noted when it changes, in order, though the clock goes back", async () => {
  const path = await dbPath();
  const recorder = createRecorder({ path });
  const version = { repoId: "org/m", revision: "main" };
  recorder.version({ ...version, commit: a, how: "found", since: 5000 });
  recorder.version({ ...version, commit: a, how: "found", since: 6000 });
  recorder.version({ ...version, commit: b, how: "update", since: 10 });
  recorder.flush();
  expect(recordAt(path).versions.map(({ commit, since }) => [commit, since])).toEqual([
    [b, 5001],
    [a, 5000],
  ]);
});

test("the version before is that of the last step, and rollbacks are no steps", () => {
  const steps = (list: readonly (readonly [string, "update" | "rollback"])[]) => ({
    versions: list
      .map(([commit, how], since) => ({ repoId: "org/m", revision: "main", commit, how, since }))
      .toReversed(),
  });
  const at = (commit: string) => ({ revision: "main", commit });
  const three = steps([
    [a, "update"],
    [b, "update"],
    [c, "update"],
  ]);
  expect(previousVersion(three, at(c))).toBe(b);
  const back = steps([
    [a, "update"],
    [b, "update"],
    [c, "update"],
    [b, "rollback"],
  ]);
  expect(previousVersion(back, at(b))).toBe(a);
  expect(previousVersion(back, at(a))).toBeUndefined();
  expect(previousVersion(three, { revision: "dev", commit: c })).toBeUndefined();
});

test.each([
  [
    "a folder in the place of the file",
    async (path: string) => void (await mkdir(path, { recursive: true })),
  ],
  [
    "a file in the place of the folder",
    (path: string) => writeFile(join(path, ".."), "in the way"),
  ],
  [
    "a newer database",
    async (path: string) => {
      openRegistry({ path }).close();
      const db = new DatabaseSync(path);
      db.exec("pragma user_version=99");
      db.close();
    },
  ],
  [
    "a database that another process keeps locked",
    async (path: string) => {
      openRegistry({ path }).close();
      const db = new DatabaseSync(path);
      db.exec("begin exclusive");
      onTestFinished(() => db.close());
    },
  ],
])("%s loses the record and nothing else", async (_what, spoil) => {
  const path = await dbPath();
  await spoil(path);
  const recorder = createRecorder({ path });
  recorder.onEvent(result(a));
  expect(() => recorder.flush()).not.toThrow();
});

test.skipIf(process.getuid?.() === 0)("so does a folder that cannot be written", async () => {
  const path = await dbPath();
  openRegistry({ path }).close();
  await chmod(path, 0o444);
  await chmod(join(path, ".."), 0o555);
  onTestFinished(() => chmod(join(path, ".."), 0o755));
  const recorder = createRecorder({ path });
  recorder.onEvent(result(a));
  expect(recorder.flush()).toBe(false);
});

test.each([null, {}, { bytes: null }, { revision: 1, commit: a, bytes: {} }, "text"])(
  "an event with the result %j is passed over",
  async (broken) => {
    const path = await dbPath();
    const recorder = createRecorder({ path });
    recorder.onEvent({ ...result(a), result: broken });
    expect(recorder.flush()).toBe(true);
    expect(recordAt(path).downloads).toEqual([]);
  },
);

test("the record of a damaged database begins anew", async () => {
  const path = await dbPath();
  const recorder = createRecorder({ path });
  recorder.onEvent(result(a));
  recorder.flush();
  await writeFile(path, "not a database\n".repeat(1000));
  recorder.onEvent(result(b));
  expect(recorder.flush()).toBe(true);
  expect(recordAt(path).downloads.map(({ commit }) => commit)).toEqual([b]);
});
