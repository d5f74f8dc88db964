import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A fresh real directory, absolute and free of links, removed when the running test ends. */
export async function tempDir(name = "mlx-download-"): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), name)));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
