import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotFile } from "@mlx-download/cache";
import type { LockedFile, LockedModel } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { usage } from "../../command-line/usage.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { copying } from "./copying.ts";
import { hubCacheOf, readStored, readTarget } from "./target.ts";

/** One model of an export, and its folder. */
interface ExportedModel {
  readonly repoId: string;
  readonly commit: string;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies several models into `folder`, each into a folder of its own, and writes the lock of them all beside them. What
 * an earlier run of the same command brought is verified and stays. Returns the exit code.
 */
export async function exportSeveral(
  words: readonly string[],
  folder: string,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<number> {
  if (/\.tar$/i.test(folder))
    throw usage("an archive holds one model", "Name a folder: --to /Volumes/Stick/models.");
  if ((flags.repoType ?? "model") !== "model")
    throw usage("a lock holds models alone", "Export other repos one at a time.");
  const cacheDir = await hubCacheOf(flags, shell);
  const stored = await Promise.all(
    words.map(async (word) => {
      const target = await readTarget(word, flags, shell);
      return { repoId: target.repoId, ...(await readStored(target, cacheDir)) };
    }),
  );
  const [{ exportFolder }, { replaceBeside }] = await Promise.all([
    import("@mlx-download/cache"),
    import("@mlx-download/cache/writing"),
  ]);
  const { LOCK_FILE, formatLock, parseLock } = await import("@mlx-download/registry");
  const lockPath = join(folder, LOCK_FILE);
  const before = await readFile(lockPath, "utf8").catch(() => undefined);
  const models = new Map(before === undefined ? [] : parseLock(before).models);
  const results: ExportedModel[] = [];
  await copying(
    async (options) => {
      for (const { repoId, layout, snapshot } of stored) {
        const target = join(folder, repoId.replace("/", "--"));
        const exported = await exportFolder(layout, snapshot, { ...options, target, resume: true });
        const { path, files, bytes, included } = exported;
        results.push({ repoId, commit: snapshot.commit, path, files, bytes });
        models.set(
          aliasOf(repoId, models),
          await lockedModel(repoId, snapshot, { path, included }),
        );
        // After each model: what is whole can be imported, whatever happens to the next.
        await replaceBeside(lockPath, formatLock({ models }));
      }
    },
    { flags, shell, goesOn: true, stopped: () => `What was copied to ${folder} stays there.` },
  );
  const sum = results.reduce((total, { bytes }) => total + bytes, 0);
  if (!flags.quiet)
    shell.stderr.write(
      `Exported ${formatCount(results.length, "model")}, ${formatBytes(sum)}, all verified. The lock is ${lockPath}\n`,
    );
  const text = textOf(results.map(({ path }) => path));
  await writeResult({ path: folder, lock: lockPath, results }, text, { flags, shell });
  return 0;
}

/** The name under which the lock has a repo: that of an earlier export, or a free one of the repo's own name. */
function aliasOf(repoId: string, models: ReadonlyMap<string, LockedModel>): string {
  const known = [...models].find(([, model]) => model.repoId === repoId)?.[0];
  if (known !== undefined) return known;
  const plain = repoId
    .slice(repoId.indexOf("/") + 1)
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 60);
  for (let count = 1; ; count += 1) {
    const alias = count === 1 ? plain : `${plain}-${count}`;
    if (![...models.keys()].some((one) => one.toLowerCase() === alias.toLowerCase())) return alias;
  }
}

async function lockedModel(
  repoId: string,
  { revision, commit }: { readonly revision: string; readonly commit: string },
  { path, included }: { readonly path: string; readonly included: readonly SnapshotFile[] },
): Promise<LockedModel> {
  const [{ digestFile }, { filesDigest }] = await Promise.all([
    import("@mlx-download/cache"),
    import("@mlx-download/registry"),
  ]);
  const files = new Map<string, LockedFile>();
  for (const file of included) {
    const { size, digest } = file;
    if (digest.algorithm === "sha256") files.set(file.path, { sha256: digest.hex, size });
    else {
      const { hex: sha256 } = await digestFile(join(path, file.path), "sha256");
      files.set(file.path, { sha256, size, gitSha1: digest.hex });
    }
  }
  return {
    repoId,
    repoObjectId: null,
    requested: `${repoId}@${revision}`,
    commit,
    resolvedAt: new Date().toISOString(),
    license: null,
    gated: false,
    selection: { include: [], exclude: [] },
    loads: { modelType: null, quantization: null },
    digest: filesDigest(files),
    files,
  };
}
