import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Imported } from "@mlx-download/cache";
import type { LockedModel } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { copying } from "./copying.ts";

const MANIFEST = ".mlx-download.json";
const MOST_FOLDERS = 1_000;

/** The folders of models in a folder that `cache export` filled with several. Empty for any other folder. */
export async function exportedFolders(folder: string): Promise<readonly string[]> {
  if (await isFile(join(folder, MANIFEST))) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.slice(0, MOST_FOLDERS)) {
    // A hidden one is the rest of an interrupted export.
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (await isFile(join(path, MANIFEST))) found.push(path);
  }
  return found.toSorted();
}

/**
 * Imports all models of such a folder, each verified, and held against the lock beside them where there is one. Models
 * that are here already are read and stay. Returns the exit code. Throws `cli/some-failed` when the lock names a model
 * that is not there.
 */
export async function importSeveral(
  folder: string,
  folders: readonly string[],
  {
    cacheDir,
    flags,
    shell,
  }: { readonly cacheDir: string; readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  const [{ importFolder }, { LOCK_FILE, parseLock }] = await Promise.all([
    import("@mlx-download/cache"),
    import("@mlx-download/registry"),
  ]);
  const text = await readFile(join(folder, LOCK_FILE), "utf8").catch(() => undefined);
  const locked = text === undefined ? undefined : [...parseLock(text).models.values()];
  const results: Imported[] = [];
  await copying(
    async (options) => {
      for (const one of folders) {
        const imported = await importFolder(cacheDir, one, {
          ...options,
          accepts: (manifest) => agreesWith(locked, manifest),
        });
        results.push(imported);
      }
    },
    {
      flags,
      shell,
      goesOn: true,
      stopped: () =>
        `${formatCount(results.length, "model")} of ${folders.length} are in the cache.`,
    },
  );
  const fresh = results.reduce((sum, { bytes }) => sum + bytes, 0);
  const missing = (locked ?? [])
    .filter(({ repoId, commit }) =>
      results.every((one) => one.repoId !== repoId || one.commit !== commit),
    )
    .map(({ repoId }) => repoId);
  if (!flags.quiet) {
    const lock =
      locked === undefined ? "There is no lock beside them" : "They are what the lock says";
    shell.stderr.write(
      `${formatCount(results.length, "model")}, ${formatBytes(fresh)} of them new, all verified. ${lock}.\n`,
    );
  }
  const lines = textOf(results.map(({ path }) => path));
  await writeResult({ results, missing }, lines, { flags, shell });
  if (missing.length === 0) return 0;
  if (!flags.json && !flags.quiet)
    shell.stderr.write(
      `The lock names models that are not there: ${missing.map(printable).join(", ")}\n`,
    );
  return SOME_FAILED;
}

const SOME_FAILED = 11;

interface Listed {
  readonly repoId: string;
  readonly commit: string;
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly digest: { readonly algorithm: string; readonly hex: string };
  }[];
  readonly included: ReadonlySet<string>;
}

/** Whether the lock has this model with these files. A word of why not. Undefined when it agrees, or there is none. */
function agreesWith(
  locked: readonly LockedModel[] | undefined,
  { repoId, commit, files, included }: Listed,
): string | undefined {
  if (locked === undefined) return undefined;
  const model = locked.find((one) => one.repoId === repoId && one.commit === commit);
  if (model === undefined) return `the lock beside it has no ${repoId} at ${commit.slice(0, 7)}`;
  const here = files.filter(({ path }) => included.has(path));
  if (here.length !== model.files.size) return `the lock has other files of ${repoId}`;
  const differs = here.find(({ path, size, digest }) => {
    const wanted = model.files.get(path);
    const hex = digest.algorithm === "sha256" ? wanted?.sha256 : wanted?.gitSha1;
    return wanted?.size !== size || hex !== digest.hex;
  });
  return differs && `the lock has another ${differs.path} of ${repoId}`;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
