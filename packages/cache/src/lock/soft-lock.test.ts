import { writeFileSync } from "node:fs";
import { mkdir, readFile, readdir, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import { trySoftLock } from "./soft-lock.ts";

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

test("a soft lock without a record is held only while it is fresh", async () => {
  const path = join(await tempDir(), "x.lock");
  await writeFile(path, "");
  expect(await trySoftLock(path)).toBeUndefined();
  const past = Date.now() / 1000 - 60;
  await utimes(path, past, past);
  expect(await trySoftLock(path)).toBeDefined();
});

test("a soft lock taken by another process is not removed by its former holder", async () => {
  const path = join(await tempDir(), "x.lock");
  const release = await trySoftLock(path);
  await writeFile(path, "1\nother\n");
  await release?.();
  expect(await readFile(path, "utf8")).toBe("1\nother\n");
});

test("of many who find a stale soft lock at once exactly one takes it over", async () => {
  const path = join(await tempDir(), "x.lock");
  const pid = await deadPid();
  for (let round = 0; round < 50; round += 1) {
    await writeFile(path, `${pid}\n${hostname()}\n`);
    // The last ones come when the first have broken and taken it.
    const tries = Array.from({ length: 8 }, async (_, index) => {
      for (let turn = 0; turn < index; turn += 1) await Promise.resolve();
      return await trySoftLock(path);
    });
    const held = (await Promise.all(tries)).filter((release) => release !== undefined);
    expect(held).toHaveLength(1);
    await held[0]?.();
  }
  expect(await readdir(join(path, ".."))).toEqual([]);
});

test("a soft lock whose breaker was killed is broken by a later one", async () => {
  const path = join(await tempDir(), "x.lock");
  await writeFile(path, `${await deadPid()}\n${hostname()}\n`);
  await writeFile(`${path}.breaking`, "");
  expect(await trySoftLock(path)).toBeUndefined();
  const past = Date.now() / 1000 - 60;
  await utimes(`${path}.breaking`, past, past);
  expect(await trySoftLock(path)).toBeUndefined();
  expect(await trySoftLock(path)).toBeDefined();
});

test("a stale soft lock that another process breaks and takes between two looks is left to it", async () => {
  const path = join(await tempDir(), "x.lock");
  const dead = await deadPid();
  const taken = `${process.ppid}\n${hostname()}\n`;
  await writeFile(path, `${dead}\n${hostname()}\n`);
  const kill = process.kill.bind(process);
  vi.spyOn(process, "kill").mockImplementation((pid, signal) => {
    // The other one is quicker just after we have asked whether the first holder lives.
    if (pid === dead) writeFileSync(path, taken);
    return kill(pid, signal);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  expect(await trySoftLock(path)).toBeUndefined();
  expect(await readFile(path, "utf8")).toBe(taken);
});

test.each([`1\n`, `\nhost\n`, `abc\n${hostname()}\n`, `0\n${hostname()}\n`, `-1\n${hostname()}\n`])(
  "a soft lock whose record names no process (%j) is held only while it is fresh",
  async (record) => {
    const path = join(await tempDir(), "x.lock");
    await writeFile(path, record);
    expect(await trySoftLock(path)).toBeUndefined();
    const past = Date.now() / 1000 - 60;
    await utimes(path, past, past);
    expect(await trySoftLock(path)).toBeDefined();
  },
);

test("a dangling link in the place of a soft lock is replaced, and nothing is written where it leads", async () => {
  const folder = await tempDir();
  const path = join(folder, "x.lock");
  await symlink(join(folder, "target"), path);
  expect(await trySoftLock(path)).toBeDefined();
  expect(await readdir(folder)).toEqual(["x.lock"]);
});

test("a soft lock that cannot be made, or broken, is the system's error", async () => {
  const folder = await tempDir();
  await expect(trySoftLock(join(folder, "none", "x.lock"))).rejects.toMatchObject({
    code: "ENOENT",
  });
  const path = join(folder, "x.lock");
  await mkdir(path);
  await utimes(path, 1, 1);
  await expect(trySoftLock(path)).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["x.lock"]);
});
