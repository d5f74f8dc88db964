import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acquireLock, tryLock } from "@mlx-download/cache/writing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { startHolder } from "./holder.ts";

const TRY_LOCK = fileURLToPath(new URL("try_lock.py", import.meta.url));
const envs = (["hub-2.4.0", "hub-1.33.0"] as const).map((name) => ({ name, env: pythonEnv(name) }));

async function lockFile(): Promise<string> {
  const folder = join(await tempDir(), ".locks", "models--a--b");
  await mkdir(folder, { recursive: true });
  return join(folder, `${"a".repeat(40)}.lock`);
}

describe.each(envs)("beside $name", ({ env }) => {
  const python = env?.python ?? "";

  async function pythonFinds(path: string): Promise<string> {
    return (await run(python, [TRY_LOCK, path])).stdout.trim();
  }

  test.skipIf(!env)(
    "Python waits for a lock of ours, and gets it once it is released",
    async () => {
      const path = await lockFile();
      const lock = await tryLock(path);
      expect(await pythonFinds(path)).toBe("busy");
      await lock?.release();
      expect(await pythonFinds(path)).toBe("free");
      expect((await stat(path)).mode & 0o777).toBe(0o664);
    },
  );

  test.skipIf(!env)(
    "we wait for a lock of Python's client, and get it once it is released",
    async () => {
      const path = await lockFile();
      const holder = await startHolder(path, { python });
      expect(await tryLock(path)).toBeUndefined();
      let ended: Promise<void> | undefined;
      const lock = await acquireLock(path, {
        onWait: () => {
          ended ??= holder.end();
        },
      });
      expect(ended).toBeDefined();
      expect(await pythonFinds(path)).toBe("busy");
      await lock.release();
    },
  );

  test.skipIf(!env)("a lock of a killed process is free for the other side", async () => {
    const path = await lockFile();
    const theirs = await startHolder(path, { python });
    await theirs.kill();
    const lock = await tryLock(path);
    expect(lock).toBeDefined();
    await lock?.release();
    const ours = await startHolder(path);
    expect(await pythonFinds(path)).toBe("busy");
    await ours.kill();
    expect(await pythonFinds(path)).toBe("free");
  });
});
