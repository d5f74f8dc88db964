import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import { codeOf } from "../../test/codes.ts";
import { startHolder } from "../../test/holder.ts";
import { acquireLock, tryLock } from "./lock.ts";

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
  for (const lock of locks) await lock?.release();
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
  const holder = await startHolder(path);
  expect(await tryLock(path)).toBeUndefined();
  await holder.end();
  const lock = await tryLock(path);
  expect(lock).toBeDefined();
  await lock?.release();
});

test("a killed holder frees the lock for the one who waits", async () => {
  const path = await lockFile();
  const holder = await startHolder(path);
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

test("an unlinked lock file does not block the next one", async () => {
  const path = await lockFile();
  const first = await tryLock(path);
  await rm(path);
  const second = await tryLock(path);
  expect(second).toBeDefined();
  await first?.release();
  await second?.release();
});

test.skipIf(process.platform !== "linux")(
  "a lock on a file that was unlinked before it was taken does not count",
  async () => {
    const path = await lockFile();
    // Older filelock versions unlink on release: here just between the open and the flock(2) of the next one.
    const bin = await tempDir();
    const real = (process.env["PATH"] ?? "").split(":").map((folder) => join(folder, "flock"));
    const flock = real.find((candidate) => existsSync(candidate)) ?? "";
    await writeFile(join(bin, "flock"), `#!/bin/sh\nrm -f '${path}'\nexec '${flock}' "$@"\n`);
    await chmod(join(bin, "flock"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await tryLock(path)).toBeUndefined();
    vi.unstubAllEnvs();
    const lock = await tryLock(path);
    expect(lock).toBeDefined();
    await lock?.release();
  },
);

test.skipIf(process.platform !== "linux")(
  "without flock(1) a lock is a file that exists while it is held",
  async () => {
    const path = await lockFile();
    vi.stubEnv("PATH", await tempDir());
    onTestFinished(() => void vi.unstubAllEnvs());
    const lock = await tryLock(path);
    expect(lock).toMatchObject({ kind: "soft", path: `${path}.soft` });
    expect(await readFile(`${path}.soft`, "utf8")).toBe(`${process.pid}\n${hostname()}\n`);
    expect(await tryLock(path)).toBeUndefined();
    await lock?.release();
    await lock?.release();
    const again = await tryLock(path);
    expect(again).toBeDefined();
    await again?.release();
    expect(await readdir(join(path, ".."))).toEqual([basename(path)]);
  },
);

test.skipIf(process.platform !== "linux")(
  "where the file system has no flock(2) a lock is the file itself, not a placeholder of ours",
  async () => {
    const path = await lockFile();
    const bin = await tempDir();
    await writeFile(join(bin, "flock"), "#!/bin/sh\nexit 66\n");
    await chmod(join(bin, "flock"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const lock = await tryLock(path);
    expect(lock).toMatchObject({ kind: "soft", path });
    expect(await tryLock(path)).toBeUndefined();
    await lock?.release();
    expect(await readdir(join(path, ".."))).toEqual([]);
  },
);

test.skipIf(process.geteuid?.() !== 0)(
  "another user's lock file, which may only be read, can be locked",
  async () => {
    const path = await lockFile();
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, "", { mode: 0o644 });
    for (const folder of ["..", "../..", "../../.."]) await chmod(join(path, folder), 0o755);
    process.seteuid?.(65_534);
    onTestFinished(() => process.seteuid?.(0));
    const lock = await tryLock(path);
    expect(lock?.kind).toBe("flock");
    await lock?.release();
  },
);

test("a lock in a folder that cannot be made has a code", async () => {
  const file = join(await tempDir(), "file");
  await writeFile(file, "");
  expect(await codeOf(() => tryLock(join(file, "x.lock")))).toBe("cache/damaged");
});

test("who has given up already takes no lock, though it is free", async () => {
  const path = await lockFile();
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(acquireLock(path, { signal })).rejects.toThrow("enough");
  expect(existsSync(path)).toBe(false);
});

test.skipIf(process.platform !== "linux")(
  "a folder that is never there, however often it is made, ends in an error",
  async () => {
    expect(await codeOf(() => tryLock("/proc/none/x.lock"))).toMatch(/^cache\//);
  },
);
