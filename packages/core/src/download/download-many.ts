import { forEachInLanes } from "@mlx-download/cache/writing";
import { codedError } from "../contract/coded-error.ts";
import { runDownload } from "./download.ts";
import { readRequest } from "../request/download-request.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { isKnownSnapshot } from "../settings/known-snapshot.ts";
import type { DownloadOptions, SelectionOptions } from "../contract/options.ts";
import type { PresetName } from "../contract/preset-name.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { parseRepoRef, type RefOptions, type RepoRef } from "../settings/ref.ts";
import type { DownloadResult } from "../contract/result.ts";

/** A ref with a selection of its own. It takes the place of those in the options. */
export interface SelectedRef extends RepoRef {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly preset?: PresetName | undefined;
}

/** How one of several downloads ended. */
export type DownloadOutcome =
  | { readonly ref: string | RepoRef; readonly ok: true; readonly result: DownloadResult }
  | { readonly ref: string | RepoRef; readonly ok: false; readonly error: Error };

// Enough that hashing and publishing some never leaves the line idle, few enough for a terminal and for open files.
const MODELS_AT_ONCE = 8;

/**
 * Downloads several models at once, over one budget of connections: small files first, then equal shares of the line. A
 * failure of one does not stop the others. The outcomes come in the order of `refs`. Every event carries its `repoId`.
 * Rejects only when aborted, with the signal's reason, or with `settings/invalid` for a `localDir`, which takes one
 * model.
 */
export async function downloadMany(
  refs: readonly (string | RepoRef | SelectedRef)[],
  options: DownloadOptions = {},
): Promise<readonly DownloadOutcome[]> {
  if (options.localDir !== undefined && refs.length > 1) {
    throw new ModelDownloadError("a local dir takes one model", "settings/invalid", {
      hint: "Download the models one by one, each into a folder of its own.",
    });
  }
  // Read once for all. Errors in the settings are reported with each of the models.
  const settings = readSettings(options);
  settings.catch(() => undefined);
  const outcomes = new Map<string, DownloadOutcome>();
  await forEachInLanes(
    [...new Map(refs.map((ref) => [keyOf(ref, options), ref]))],
    async ([key, ref]) => void outcomes.set(key, await outcomeOf(ref, options, settings)),
    { atOnce: MODELS_AT_ONCE, signal: options.signal },
  );
  return refs.flatMap((ref) => {
    const outcome = outcomes.get(keyOf(ref, options));
    return outcome === undefined ? [] : { ...outcome, ref };
  });
}

async function outcomeOf(
  ref: string | RepoRef,
  options: DownloadOptions,
  settings: Promise<Settings>,
): Promise<DownloadOutcome> {
  try {
    const request = await readRequest(ref, { ...options, ...patternsOf(ref) }, await settings);
    return { ref, ok: true, result: await runDownload(request) };
  } catch (error) {
    const coded = codedError(error, typeof ref === "string" ? undefined : ref.repoId);
    return { ref, ok: false, error: coded instanceof Error ? coded : new Error(String(coded)) };
  }
}

/** The patterns that a ref brings along. */
function patternsOf(ref: string | SelectedRef): SelectionOptions {
  if (typeof ref === "string") return {};
  const { include, exclude, preset } = ref;
  if ([include, exclude, preset].every((part) => part === undefined)) return {};
  return { include, exclude, preset };
}

/** Two ways to write the same model are one download. */
function keyOf(ref: string | RepoRef, options: RefOptions): string {
  try {
    // Two parts of a commit are two downloads.
    if (isKnownSnapshot(ref)) {
      return JSON.stringify([ref.repoId, ref.commit, ref.files.map(({ path }) => path)]);
    }
    const { repoId, revision = "main" } =
      typeof ref === "string" ? parseRepoRef(ref, options) : ref;
    return JSON.stringify([`${repoId}@${revision}`, patternsOf(ref)]);
  } catch {
    // It will fail as its own outcome.
    return `invalid ${typeof ref === "string" ? ref : JSON.stringify(ref)}`;
  }
}
