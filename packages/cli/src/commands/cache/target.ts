import { parseAge } from "@mlx-download/cache/amounts";
import type { RepoLayout, RepoType } from "@mlx-download/cache";
import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import type { Shell } from "../../shell/shell.ts";
import { wholeRefHere } from "../refs/short-name.ts";

/** The repo and the revision in the cache that a word on the command line names. */
export interface CacheTarget {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly revision: string | undefined;
}

/**
 * Reads `org/name[@revision]`, the other spellings of a ref, and the short name of a model in the
 * cache. With `--type` it reads ids of datasets and other repo types.
 */
export async function readTarget(word: string, flags: Flags, shell: Shell): Promise<CacheTarget> {
  const repoType = repoTypeOf(flags);
  if (repoType === "model") {
    const { parseRepoRef } = await import("@mlx-download/core");
    const whole = await wholeRefHere(word, await hubCacheOf(flags, shell), shell);
    const { repoId, revision } = parseRepoRef(whole, { env: shell.env, endpoint: flags.endpoint });
    return { repoId, repoType, revision };
  }
  const { checkRepoId, checkRevision } = await import("@mlx-download/cache");
  const at = word.indexOf("@");
  const repoId = checkRepoId(at < 0 ? word : word.slice(0, at));
  const revision = at < 0 ? undefined : checkRevision(word.slice(at + 1));
  return { repoId, repoType, revision };
}

/** The kind of repo that names on this command line mean. */
export function repoTypeOf({ repoType = "model" }: Flags): RepoType {
  return repoType;
}

/** {@link readTarget} for several, for functions that take refs. */
export async function readTargets(
  words: readonly string[],
  flags: Flags,
  shell: Shell,
): Promise<readonly { readonly repoId: string; readonly revision?: string }[]> {
  const targets = await Promise.all(words.map((word) => readTarget(word, flags, shell)));
  return targets.map(({ repoId, revision }) =>
    revision === undefined ? { repoId } : { repoId, revision },
  );
}

/** The snapshot in the cache that a target refers to. Throws `cache/not-found`. */
export async function readStored(
  { repoId, repoType, revision = "main" }: CacheTarget,
  cacheDir: string,
): Promise<{
  readonly layout: RepoLayout;
  readonly snapshot: { readonly revision: string; readonly commit: string };
}> {
  const { CacheError, findCommit, repoLayout } = await import("@mlx-download/cache");
  const layout = repoLayout(cacheDir, repoId, repoType);
  const commit = await findCommit(layout, revision);
  if (commit !== undefined) return { layout, snapshot: { revision, commit } };
  throw new CacheError(
    `${repoId} at ${revision} is not in the cache ${cacheDir}`,
    "cache/not-found",
    {
      hint: `Download it first: mlx-download ${repoId}${revision === "main" ? "" : `@${revision}`}`,
      data: { repoId, revision },
    },
  );
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

/** The value of `--grace` in ms. Throws `cli/usage`. */
export function readGrace(flags: Flags): number | undefined {
  if (flags.grace === undefined) return undefined;
  const ms = parseAge(flags.grace);
  if (ms !== undefined) return ms;
  throw usage(`${flags.grace} is no age`, "Write 12h, 30d, 2w, 6mo or 0.");
}
