import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { holdLock } from "./lock.mjs";

/** Another process that takes the lock, says so and keeps it. */
function holder(path: string): ChildProcessWithoutNullStreams {
  const url = new URL("lock.mjs", import.meta.url).href;
  const program = `
    const { holdLock } = await import(${JSON.stringify(url)});
    await holdLock(${JSON.stringify(path)});
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("a second holder says that it waits, and holds once the first has released", async () => {
  const path = join(await tempDir(), "deep/lock");
  const release = await holdLock(path);
  const second = holder(path);
  const holds = once(second.stdout, "data");
  const [words] = await once(second.stderr, "data");
  expect(String(words)).toContain("waiting for another run");
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  await release();
  await holds;
  expect(await readFile(path, "utf8")).toBe(String(second.pid));
});

test("the lock of a process that was killed is taken over", async () => {
  const path = join(await tempDir(), "lock");
  const first = holder(path);
  await once(first.stdout, "data");
  first.kill("SIGKILL");
  await once(first, "close");
  const release = await holdLock(path);
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  await release();
});

test("a lock without an owner, left by a crash while it was written, is taken over", async () => {
  const path = join(await tempDir(), "lock");
  await writeFile(path, "");
  const release = await holdLock(path, { patienceMs: 300 });
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  await release();
});
