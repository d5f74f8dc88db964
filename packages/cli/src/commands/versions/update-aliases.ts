import type { DownloadOptions } from "@mlx-download/core";
import type { MovedModel } from "@mlx-download/project";
import type { ChangeClass } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, shortCommit } from "../../text/format.ts";
import { noteTo } from "../catalogue/open.ts";
import { watched } from "../download/watched.ts";
import { projectFolder } from "../project/project-folder.ts";
import type { FailedOne } from "./end-of-several.ts";

/** The words that are aliases of the nearest project, and the others. */
export async function splitAliases(
  words: readonly string[],
  flags: Flags,
): Promise<{
  readonly folder: string;
  readonly aliases: readonly string[];
  readonly refs: readonly string[];
}> {
  const none = { folder: "", aliases: [], refs: words };
  if (words.every((word) => word.includes("/"))) return none;
  const folder = await projectFolder(flags);
  const { readProject } = await import("@mlx-download/project");
  const project = await readProject(folder).catch((error: unknown) => {
    // Without a project the word is a short name.
    if (flags.project === undefined && isCoded(error, "lock/no-manifest")) return undefined;
    throw error;
  });
  if (project === undefined) return none;
  const { manifest } = project;
  return {
    folder,
    aliases: words.filter((word) => manifest.models.has(word)),
    refs: words.filter((word) => !manifest.models.has(word)),
  };
}

/**
 * Moves the lock's entries of these aliases: each new version is downloaded first, and locked once
 * it is here.
 */
export async function updateAliases(
  { folder, aliases }: { readonly folder: string; readonly aliases: readonly string[] },
  options: DownloadOptions,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): Promise<{
  readonly results: readonly Record<string, unknown>[];
  readonly failed: readonly FailedOne[];
}> {
  const [{ downloadMany, planModel }, { knownSnapshot, updateLock }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/project"),
  ]);
  const { cacheDir, endpoint, token, tokenSource, signal, env } = options;
  const ask = { cacheDir, endpoint, token, tokenSource, signal, env };
  const { moved, failed } = await updateLock(folder, { aliases, dryRun: true, ...ask });
  const note = noteTo(flags, shell);
  const all: FailedOne[] = failed.map(({ alias, error }) => ({ ref: alias, error }));
  const results: Record<string, unknown>[] = [];
  for (const one of moved) {
    const { alias, repoId, from, to, after } = one;
    const change = `${alias} (${repoId}): ${shortCommit(from)} → ${shortCommit(to)}`;
    try {
      const snapshot = knownSnapshot(alias, after);
      if (flags.dryRun) {
        const { bytes } = await planModel(snapshot, options);
        note(`${change}, ${formatBytes(bytes.expectedWire)} to fetch.`);
        results.push(await movedJson(one, null, bytes.expectedWire));
        continue;
      }
      const [outcome] = await watched([alias], { flags, shell }, (onEvent) =>
        downloadMany([snapshot], { ...options, onEvent }),
      );
      if (!outcome?.ok) throw outcome?.error;
      await updateLock(folder, { aliases: [alias], commits: new Map([[alias, to]]), ...ask });
      note(`${change}.`);
      results.push(await movedJson(one, outcome.result.path, outcome.result.bytes.fetched));
      if (!flags.json && !flags.events) await shell.stdout.write(`${outcome.result.path}\n`);
    } catch (error) {
      shell.interrupt.signal.throwIfAborted();
      all.push({ ref: alias, error });
    }
  }
  if (moved.length === 0 && all.length === 0) note(`Nothing to update for ${aliases.join(", ")}.`);
  return { results, failed: all };
}

async function movedJson(
  { alias, repoId, revision, from, to, before, after }: MovedModel,
  path: string | null,
  bytes: number,
): Promise<Record<string, unknown>> {
  const { diffSnapshots } = await import("@mlx-download/registry");
  const files = ({
    files: locked,
  }: MovedModel["after"]): { path: string; size: number; digest: string }[] =>
    [...locked].map(([name, { sha256, size }]) => ({
      path: name,
      size,
      digest: `sha256:${sha256}`,
    }));
  const changes: readonly ChangeClass[] = diffSnapshots(
    { files: files(before) },
    { files: files(after) },
  ).changes;
  return { alias, repoId, revision, from, to, path, changes, bytes };
}

const isCoded = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
