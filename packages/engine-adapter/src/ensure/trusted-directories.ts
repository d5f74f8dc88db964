import { readdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { EngineAdapterError } from "../contract/errors.ts";

/**
 * Refuses a place outside all `trusted` folders, whether it exists yet or not: links are followed as far as it does.
 * Compared by path segments. Throws `engine/untrusted-path`.
 */
export async function checkTrustedPlace(path: string, trusted: readonly string[]): Promise<void> {
  const real = await realPlace(path);
  const roots = await Promise.all(trusted.map(realPlace));
  if (!roots.some((root) => isInside(real, root))) throw untrusted(path, real, trusted);
}

/** `checkTrustedPlace` for a folder and, link by link, for every file in it. */
export async function checkTrustedFolder(path: string, trusted: readonly string[]): Promise<void> {
  await checkTrustedPlace(path, trusted);
  const roots = await Promise.all(trusted.map(realPlace));
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const real = await realPlace(file);
    if (!roots.some((root) => isInside(real, root))) throw untrusted(file, real, trusted);
  }
}

/** The path with links resolved, as far as it exists. The rest is appended. */
export async function realPlace(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch {
    const parent = dirname(absolute);
    if (parent === absolute) return absolute;
    return join(await realPlace(parent), relative(parent, absolute));
  }
}

/** Is `path` the folder `root` or below it? Both absolute. */
export function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function untrusted(path: string, real: string, trusted: readonly string[]): EngineAdapterError {
  const leads = real === path ? "" : ` (it leads to ${real})`;
  return new EngineAdapterError(
    `${path}${leads} is in none of the trusted model folders`,
    "engine/untrusted-path",
    {
      hint: `Put models below ${trusted[0] ?? "a trusted folder"} (cacheDir), or add this folder to trustedModelDirectories and to the engine's own list.`,
      data: { path, real, trusted: [...trusted] },
    },
  );
}
