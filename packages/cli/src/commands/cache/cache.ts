import type { CachedRepo } from "@mlx-download/cache";
import type { ModelInfo } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Invocation } from "../../command-line/command-spec.ts";
import { confirm } from "../../shell/ask.ts";
import { writeJson, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { wrapWords } from "../../text/display-width.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";

/** The cache as it is: its whole models, and every repo in it. */
interface CacheContent {
  readonly cacheDir: string;
  readonly models: readonly ModelInfo[];
  readonly repos: readonly CachedRepo[];
}

async function readCache(flags: Flags, shell: Shell): Promise<CacheContent> {
  const [{ cacheLocations, scanCache }, { listCachedModels }] = await Promise.all([
    import("@mlx-download/cache"),
    import("@mlx-download/core"),
  ]);
  const { hubCache } = cacheLocations(shell.env, { cacheDir: flags.cacheDir });
  const { repos } = await scanCache(hubCache);
  const models = await listCachedModels({ cacheDir: flags.cacheDir, env: shell.env });
  return { cacheDir: hubCache, models, repos };
}

/** Models without a complete revision: downloads that were interrupted. */
function unfinished({ models, repos }: CacheContent): readonly string[] {
  const whole = new Set(models.map(({ repoId }) => repoId));
  return repos
    .filter(({ repoId, repoType }) => repoType === "model" && !whole.has(repoId))
    .map(({ repoId }) => repoId);
}

/** The ancestor's fields first, in its order. */
function modelJson(model: ModelInfo): Record<string, unknown> {
  const { repo_id, path, size_bytes, files, last_modified, quantization, ...rest } = model;
  return { repo_id, path, size_bytes, files, last_modified, quantization, ...rest };
}

async function list(content: CacheContent, flags: Flags, shell: Shell): Promise<void> {
  const { cacheDir, models } = content;
  if (flags.json) {
    await writeJson(models.map(modelJson), shell);
    return;
  }
  if (flags.quiet) {
    await shell.stdout.write(models.map(({ repoId }) => `${printable(repoId)}\n`).join(""));
    return;
  }
  if (models.length > 0) {
    const rows = models.map((model) => [
      printable(model.repoId),
      formatBytes(model.size_bytes),
      String(model.files.length),
      printable(model.quantization ?? ""),
      model.last_modified?.slice(0, 10) ?? "",
    ]);
    const table = tableText(
      [
        { title: "MODEL" },
        { title: "SIZE", align: "right" },
        { title: "FILES", align: "right", lesser: true },
        { title: "QUANTIZATION", lesser: true },
        { title: "MODIFIED", lesser: true },
      ],
      rows,
      shell.stdoutStyle,
    );
    await shell.stdout.write(table);
  }
  const total = models.reduce((sum, model) => sum + model.size_bytes, 0);
  shell.stderr.write(
    `${formatCount(models.length, "model")}, ${formatBytes(total)} in ${cacheDir}\n`,
  );
  const open = unfinished(content);
  if (open.length > 0)
    shell.stderr.write(
      `${wrapWords(
        `Unfinished: ${open.map(printable).join(", ")} (mlx-download <name> goes on, cache --clear-model <name> deletes)`,
        shell.stderr.isTTY ? shell.stderr.columns - 1 : Number.POSITIVE_INFINITY,
        2,
      ).join("\n")}\n`,
    );
}

interface Removal {
  readonly repoIds: readonly string[];
  readonly question: string;
}

/**
 * The removal that `--clear-model` asks for. Throws for invalid ids and for models that are not in
 * the cache.
 */
async function oneRemoval(repoId: string, content: CacheContent): Promise<Removal> {
  const { CacheError } = await import("@mlx-download/cache");
  const repo = content.repos.find(
    (candidate) => candidate.repoId === repoId && candidate.repoType === "model",
  );
  if (repo === undefined)
    throw new CacheError(`${repoId} is not in the cache ${content.cacheDir}`, "cache/not-found", {
      hint: "mlx-download cache --list shows what is there.",
      data: { repoId },
    });
  const revisions = formatCount(repo.revisions.length, "revision");
  return {
    repoIds: [repoId],
    question: `Delete ${repoId} (${formatBytes(repo.sizeOnDisk)}, ${revisions}) from ${content.cacheDir}?`,
  };
}

/**
 * The removal that `--clear` asks for: models whose own files say that they are MLX. The cache is
 * shared, so everything else stays.
 */
function mlxRemoval(content: CacheContent, flags: Flags, shell: Shell): Removal {
  const repoIds = content.models.filter(({ isMlx }) => isMlx).map(({ repoId }) => repoId);
  const going = new Set(repoIds);
  const sizes = content.repos.filter(
    ({ repoId, repoType }) => repoType === "model" && going.has(repoId),
  );
  const bytes = sizes.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0);
  const staying = content.repos.length - sizes.length;
  if (!flags.quiet) {
    for (const { repoId, sizeOnDisk } of sizes)
      shell.stderr.write(`  ${printable(repoId)}  ${formatBytes(sizeOnDisk)}\n`);
    if (staying > 0)
      shell.stderr.write(
        `${formatCount(staying, "other repo")} of the shared cache ${staying === 1 ? "stays" : "stay"}.\n`,
      );
  }
  return {
    repoIds,
    question: `Delete ${formatCount(repoIds.length, "MLX model")} (${formatBytes(bytes)}) from ${content.cacheDir}?`,
  };
}

async function remove(
  removal: Removal,
  { cacheDir }: CacheContent,
  { flags, shell }: { flags: Flags; shell: Shell },
): Promise<void> {
  const note = (text: string): void => {
    if (!flags.quiet) shell.stderr.write(`${text}\n`);
  };
  const agreed =
    removal.repoIds.length === 0 || flags.yes || (await confirm(removal.question, shell));
  if (!agreed) note("Nothing was deleted.");
  const { CacheError, removeRepo } = await import("@mlx-download/cache");
  const removed: { repoId: string; freedBytes: number }[] = [];
  for (const repoId of agreed ? removal.repoIds : []) {
    const freed = await removeRepo(cacheDir, repoId).catch((error: unknown) => {
      // A pinned model is an error when it was named, and is skipped when all were asked for.
      if (flags.clear && error instanceof CacheError && error.code === "cache/pinned") return error;
      throw error;
    });
    if (freed instanceof CacheError) {
      note(`${freed.message}; it stays.`);
      continue;
    }
    removed.push({ repoId, freedBytes: freed.freedBytes });
    note(`Deleted ${repoId} (${formatBytes(freed.freedBytes)} freed)`);
  }
  if (removal.repoIds.length === 0) note("No MLX model is in the cache; nothing to delete.");
  const freedBytes = removed.reduce((sum, entry) => sum + entry.freedBytes, 0);
  await writeResult({ cacheDir, removed, freedBytes }, "", { flags, shell });
}

/**
 * `mlx-download cache`: lists the complete models of the cache, or deletes some. Returns the exit
 * code.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  if (flags.clearModel !== undefined) {
    const { checkRepoId } = await import("@mlx-download/cache");
    checkRepoId(flags.clearModel);
  }
  const content = await readCache(flags, shell);
  if (flags.clearModel !== undefined) {
    await remove(await oneRemoval(flags.clearModel, content), content, { flags, shell });
  } else if (flags.clear) {
    await remove(mlxRemoval(content, flags, shell), content, { flags, shell });
  } else {
    await list(content, flags, shell);
  }
  return 0;
}
