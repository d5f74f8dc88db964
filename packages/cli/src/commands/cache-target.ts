import type { RepoType } from "@mlx-download/cache";
import type { Flags } from "../command-line/flags.ts";
import { usage } from "../command-line/usage.ts";
import type { Shell } from "../shell.ts";

/** What a word on the command line names in the cache. */
export interface CacheTarget {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly revision: string | undefined;
}

/** Reads `org/name[@revision]` and the other ways to write a ref; with `--type`, ids of datasets and the like. */
export async function readTarget(word: string, flags: Flags): Promise<CacheTarget> {
  const repoType = (flags.repoType ?? "model") as RepoType;
  if (repoType === "model") {
    const { parseRepoRef } = await import("@mlx-download/core");
    const { repoId, revision } = parseRepoRef(word);
    return { repoId, repoType, revision };
  }
  const { checkRepoId, checkRevision } = await import("@mlx-download/cache");
  const at = word.indexOf("@");
  const repoId = checkRepoId(at < 0 ? word : word.slice(0, at));
  const revision = at < 0 ? undefined : checkRevision(word.slice(at + 1));
  return { repoId, repoType, revision };
}

/** The hub cache that the flags and the environment name. */
export async function hubCacheOf(flags: Flags, shell: Shell): Promise<string> {
  const { cacheLocations } = await import("@mlx-download/cache");
  return cacheLocations(shell.env, { cacheDir: flags.cacheDir }).hubCache;
}

/** Whether the files of a snapshot say that it is an MLX model. */
export async function isMlxModel({ path }: { readonly path: string }): Promise<boolean> {
  const [{ inspectMlx }, { readdir }] = await Promise.all([
    import("@mlx-download/core"),
    import("node:fs/promises"),
  ]);
  return (await inspectMlx(path, await readdir(path).catch(() => []))).isMlx;
}

/** The ms of `--grace`; throws `cli/usage`. */
export async function readGrace(flags: Flags): Promise<number | undefined> {
  if (flags.grace === undefined) return undefined;
  const { parseAge } = await import("@mlx-download/cache");
  const ms = parseAge(flags.grace);
  if (ms !== undefined) return ms;
  throw usage(`${flags.grace} is no age`, "Write 12h, 30d, 2w, 6mo or 0.");
}
