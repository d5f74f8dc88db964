import { mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, test, vi } from "vitest";
import { codeOf } from "../test/codes.ts";
import { startHolder } from "../test/holder.ts";
import { acquireLock, tryLock } from "./lock.ts";
import { trySoftLock } from "./soft-lock.ts";

async function lockFile(): Promise<string> {
  return join(await tempDir(), ".locks", "models--a--b", `${"a".repeat(40)}.lock`);
}

test("a lock is held once, in this process too, until it is released", async () => {
  const path = await lockFile();
  const lock = await tryLock(path);
  expect(lock?.path).toBe(path);
  expect(await tryLock(path)).toBeUndefined();
  await lock?.release();
  await lock?.release();
  const again = await tryLock(path);
  expect(again).toBeDefined();
  await again?.release();
});

test("of many who try at once exactly one holds it", async () => {
  const path = await lockFile();
  const locks = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
  expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
  await Promise.all(locks.map((lock) => lock?.release()));
});

test("the lock file is group-writable, and stays after the release", async () => {
  const path = await lockFile();
  const lock = await tryLock(path);
  await lock?.release();
  expect(["flock", "exlock"]).toContain(lock?.kind);
  expect((await stat(path)).mode & 0o777).toBe(0o664);
});

test("another process holds the lock until it ends", async () => {
  const path = await lockFile();
  const holder = await startHolder("hold-lock.ts", path);
  expect(await tryLock(path)).toBeUndefined();
  await holder.end();
  expect(await tryLock(path)).toBeDefined();
});

test("a killed holder frees the lock for the one who waits", async () => {
  const path = await lockFile();
  const holder = await startHolder("hold-lock.ts", path);
  const waits: number[] = [];
  const waiting = acquireLock(path, {
    onWait: (waitedMs) => {
      if (waits.push(waitedMs) === 1) void holder.kill();
    },
  });
  const lock = await waiting;
  expect(waits[0]).toBeGreaterThanOrEqual(0);
  await lock.release();
});

test("waiting ends with an error after the time allowed, and with the reason when aborted", async () => {
  const path = await lockFile();
  const lock = await tryLock(path);
  expect(await codeOf(() => acquireLock(path, { timeoutMs: 20 }))).toBe("cache/locked");
  const controller = new AbortController();
  const reason = new Error("no more");
  const work = acquireLock(path, {
    signal: controller.signal,
    onWait: () => controller.abort(reason),
  });
  await expect(work).rejects.toBe(reason);
  await lock?.release();
});

test("a link planted as the lock file is not followed", async () => {
  const path = await lockFile();
  const outside = join(await tempDir(), "file");
  await mkdir(join(path, ".."), { recursive: true });
  await symlink(outside, path);
  expect(await codeOf(() => tryLock(path))).toBe("cache/damaged");
  await expect(stat(outside)).rejects.toThrow("ENOENT");
});

test("a lock whose file is replaced while it is taken is not handed out as held", async () => {
  const path = await lockFile();
  const first = await tryLock(path);
  await rm(path);
  const second = await tryLock(path);
  expect(second).toBeDefined();
  await Promise.all([first?.release(), second?.release()]);
});

test("without flock(1) a lock is a file beside Python's, which exists while it is held", async () => {
  const path = await lockFile();
  const empty = await tempDir();
  vi.stubEnv("PATH", empty);
  try {
    const lock = await tryLock(path);
    if (process.platform === "linux") {
      expect(lock).toMatchObject({ kind: "soft", path: `${path}.soft` });
      expect(await readFile(`${path}.soft`, "utf8")).toBe(`${process.pid}\n${hostname()}\n`);
    }
    expect(await tryLock(path)).toBeUndefined();
    await lock?.release();
    const again = await tryLock(path);
    expect(again).toBeDefined();
    await again?.release();
  } finally {
    vi.unstubAllEnvs();
  }
});

async function deadPid(): Promise<number> {
  return Number((await run(process.execPath, ["-p", "process.pid"])).stdout);
}

test("a soft lock of a dead process, or from before this machine started, is taken over", async () => {
  const path = join(await tempDir(), "x.lock");
  await writeFile(path, `${await deadPid()}\n${hostname()}\n`);
  const release = await trySoftLock(path);
  expect(release).toBeDefined();
  await release?.();
  await writeFile(path, `${process.pid}\n${hostname()}\n`);
  await utimes(path, 1, 1);
  expect(await trySoftLock(path)).toBeDefined();
  expect(await readdir(join(path, ".."))).toEqual(["x.lock"]);
});

test("a soft lock of a living process or of another host is respected", async () => {
  const path = join(await tempDir(), "x.lock");
  await writeFile(path, `${process.ppid}\n${hostname()}\n`);
  expect(await trySoftLock(path)).toBeUndefined();
  await writeFile(path, `${await deadPid()}\nsome-other-host\n`);
  expect(await trySoftLock(path)).toBeUndefined();
});

test("a soft lock without a record is somebody's only while it is fresh", async () => {
  const path = join(await tempDir(), "x.lock");
  await writeFile(path, "");
  expect(await trySoftLock(path)).toBeUndefined();
  const past = Date.now() / 1000 - 60;
  await utimes(path, past, past);
  expect(await trySoftLock(path)).toBeDefined();
});

test("a soft lock that somebody else took meanwhile is not removed by its former holder", async () => {
  const path = join(await tempDir(), "x.lock");
  const release = await trySoftLock(path);
  await writeFile(path, "1\nother\n");
  await release?.();
  expect(await readFile(path, "utf8")).toBe("1\nother\n");
});

test("a lock in a folder that cannot be made has a code", async () => {
  const file = join(await tempDir(), "file");
  await writeFile(file, "");
  expect(await codeOf(() => tryLock(join(file, "x.lock")))).toBe("cache/damaged");
});
  await rm(join(tmpdir(), `mlx-download-${process.pid}`), { force: true });
});
