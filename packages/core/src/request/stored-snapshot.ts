import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  findCommit,
  inspectFiles,
  readTreeRecord,
  type RepoLayout,
  type SnapshotFile,
} from "@mlx-download/cache";
import { inspectUnlisted, isUnread, listSnapshot } from "@mlx-download/cache/writing";
import type { SelectionOptions } from "../contract/options.ts";
import { asMeant } from "../select/as-meant.ts";
import { createSelector } from "../select/select.ts";

/** The cache's own answer about a revision. */
export type StoredSnapshot =
  /** No part of it is here. `why` names a related copy when there is one. */
  | { readonly state: "absent"; readonly why?: string | undefined }
  /** A requested file is missing. `why` explains when no name does. */
  | {
      readonly state: "incomplete";
      readonly missing: readonly string[];
      readonly why?: string | undefined;
      /** The starting point of a download: the commit and its recorded files, without those that are not needed. */
      readonly listed?:
        | { readonly commit: string; readonly files: readonly SnapshotFile[] }
        | undefined;
    }
  | {
      readonly state: "here";
      readonly commit: string;
      /**
       * The warning for the user when the Hub cannot be asked. Undefined when all requested files are here for certain.
       */
      readonly warning: string | undefined;
      /** The files of the commit, without absent files that are not needed. May read plain files for their digest. */
      readonly files: () => Promise<readonly SnapshotFile[]>;
    };

/** The requested part of a repo. */
export interface StoredRequest {
  readonly layout: RepoLayout;
  readonly revision: string;
  readonly selection: SelectionOptions;
}

/**
 * Whether the cache can give a revision without the Hub: the single answer behind `path`, an offline `get` and engines.
 * A recorded listing decides where there is one. Documentation that no loader reads may be missing then, unless a
 * pattern asks for it (mlx-lm downloads no README). Older clients and those in other languages leave a snapshot without
 * a listing. There the weights decide. Reads names and lengths. Throws `cache/invalid-revision`.
 */
export async function findStored(request: StoredRequest): Promise<StoredSnapshot> {
  const { layout, revision } = request;
  const commit = await findCommit(layout, revision);
  if (commit === undefined) return { state: "absent", why: await describeFolder(request) };
  const listing = await readTreeRecord(layout, commit);
  return listing === undefined
    ? judgeUnlisted(request, commit)
    : await judgeListed(request, commit, listing);
}

async function judgeListed(
  { layout, selection: given }: StoredRequest,
  commit: string,
  listing: readonly SnapshotFile[],
): Promise<StoredSnapshot> {
  const { selection } = asMeant(given, listing);
  const selected = createSelector(selection)(listing);
  const states = await inspectFiles(layout, commit, selected);
  const absent = selected.filter(({ path }) => states.get(path) !== "present");
  const asked = createSelector({ include: selection.include ?? [] })(absent);
  const isAsked = new Set(asked.map(({ path }) => path));
  const skipped = absent.filter(
    ({ path }) => isUnread(path, layout.repoType) && !isAsked.has(path),
  );
  const isSkipped = new Set(skipped.map(({ path }) => path));
  const files = listing.filter(({ path }) => !isSkipped.has(path));
  if (absent.length > skipped.length || absent.length === selected.length) {
    const missing = absent.map(({ path }) => path).filter((path) => !isSkipped.has(path));
    const why = missing.length > 0 ? undefined : "nothing that was asked for is in it";
    return { state: "incomplete", missing, why, listed: { commit, files } };
  }
  const are = skipped.length === 1 ? "is" : "are";
  const warning =
    skipped.length === 0
      ? undefined
      : `${namesOf(skipped)} ${are} not in the cache. The model still loads`;
  return { state: "here", commit, warning, files: () => Promise.resolve(files) };
}

const WEIGHTS = /\.(?:safetensors|npz|gguf|bin|pt|pth|ckpt|onnx|h5|msgpack|mlmodel|mlpackage)$/i;
const PROOF = /^(?:model|weights)\.(?:safetensors|npz)$|-\d{5}-of-\d{5}\.\w+$|\.index\.json$/;

function judgeUnlisted(
  { layout, selection: given }: StoredRequest,
  commit: string,
): StoredSnapshot {
  const found = inspectUnlisted(layout, commit);
  if (found === undefined) return { state: "absent" };
  const dangling = found.missing.map((path) => ({ path, size: 0 }));
  const select = createSelector(asMeant(given, [...found.files, ...dangling]).selection);
  const missing = select(dangling).map(({ path }) => path);
  if (missing.length > 0) return { state: "incomplete", missing };
  const selected = select(found.files);
  if (selected.length === 0) {
    return { state: "incomplete", missing, why: "nothing that was asked for is in it" };
  }
  // A run that was killed early leaves the small files: the weights come last.
  const wantsWeights =
    layout.repoType === "model" && select([{ path: "model.safetensors", size: 1 }]).length > 0;
  const weights = selected.filter(({ path }) => WEIGHTS.test(path));
  if (wantsWeights && weights.length === 0) {
    return { state: "incomplete", missing, why: "there are no weights in it" };
  }
  if (wantsWeights && found.unfinished > 0 && !selected.some(({ path }) => PROOF.test(path))) {
    const why = `${found.unfinished} unfinished files lie beside it, and no index says which weights there should be`;
    return { state: "incomplete", missing, why };
  }
  const short = commit.slice(0, 7);
  const warning = `no listing of ${short} is in the cache. The ${found.files.length} files that are there are taken as complete`;
  return { state: "here", commit, warning, files: () => listSnapshot(layout, commit) };
}

/**
 * The contents of places where people would look for a snapshot of this name: `snapshots/main`, plain files in the
 * repo.
 */
async function describeFolder({ layout, revision }: StoredRequest): Promise<string | undefined> {
  const folder = join(layout.snapshotsDir, revision);
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return undefined;
  return `${folder} holds ${names.length} files under the name of a branch, which another program put there. They can be loaded by that path`;
}

function namesOf(files: readonly SnapshotFile[]): string {
  const [first = "", second = ""] = files.map(({ path }) => path);
  if (files.length === 1) return first;
  return files.length === 2 ? `${first} and ${second}` : `${first} and ${files.length - 1} others`;
}
