import { mkdir, readFile, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { replaceBeside } from "@mlx-download/cache/writing";

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The text of a small file. Undefined when it is not there. */
export async function readSecret(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Replaces a file that only its owner may read (0600), in a folder that is created for its owner alone (0700) when it
 * is not there. A reader sees either the old text or the new one. A symbolic link stays, and its target is replaced.
 */
export async function writeSecret(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const target = await realpath(path).catch((error: unknown) => {
    if (isMissing(error)) return path;
    throw error;
  });
  await replaceBeside(target, text, 0o600);
}
