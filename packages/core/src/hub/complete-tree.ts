import { ModelDownloadError } from "../contract/errors.ts";
import { redactUrl } from "../http/redact.ts";
import type { HubClient } from "./hub-client.ts";
import { isObject, stringField } from "./json-value.ts";
import { apiSegments, type CommitRef } from "./repo-segments.ts";
import { type FileEntry, parseTreeEntry, type TreeEntry } from "./tree-entry.ts";

/** Paths in one `paths-info` question. */
const BATCH = 500;

/** The result of a listing, and the reasons to doubt that it is complete. */
export interface ListedTree {
  readonly files: readonly FileEntry[];
  /** Folders that it names. */
  readonly folders: readonly string[];
  /** The most {@link pageDoubt} of its pages. */
  readonly doubt: number;
}

/** One page of a listing. */
export interface TreePage {
  readonly entries: readonly TreeEntry[];
  /** Whether it names no next page. */
  readonly isLast: boolean;
}

/**
 * How much a page makes one doubt that the listing is complete. By the length of the last one: 2 for a full page of the
 * Hub (1000 entries), 1 for a round number (pages with `expand` have 50 or 100, some servers their own). 1, too, for an
 * item of an unknown type that has a path, since it may be a file. Else 0.
 */
export function pageDoubt({ entries, isLast }: TreePage): number {
  const { length } = entries;
  const isRound = isLast && length > 0 && length % 50 === 0;
  if (isRound && length % 1000 === 0) return 2;
  const isStrange = entries.some((entry) => entry.kind === "other" && entry.path !== undefined);
  return isRound || isStrange ? 1 : 0;
}

/** Folders of a listing without a file below them: git knows none, so that their content is missing. Topmost ones only. */
export function emptyFolders({ files, folders }: Pick<ListedTree, "files" | "folders">): string[] {
  const filled = new Set<string>();
  for (const { file } of files) {
    const { path } = file;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      filled.add(path.slice(0, end));
    }
  }
  const empty = folders.filter((folder) => !filled.has(folder));
  return empty.filter((folder) => !empty.some((other) => folder.startsWith(`${other}/`)));
}

/**
 * All files of a commit, of which a listing may have lost some on its way: where a folder has no file, or a page without
 * a next one is as long as a full one, the model's own list of names decides, and `paths-info` tells of those that are
 * missing. One call more for a doubt, none without. Throws `hub/bad-response` when the list stays short, or a doubt that
 * is no chance cannot be settled.
 */
export async function completeTree(
  client: HubClient,
  repo: CommitRef,
  { listed, signal }: { readonly listed: ListedTree; readonly signal: AbortSignal | undefined },
): Promise<readonly FileEntry[]> {
  const { files, doubt } = listed;
  const empty = emptyFolders(listed);
  if (empty.length === 0 && doubt === 0) return files;
  const names = await readNames(client, repo, signal);
  if (names === undefined) {
    if (empty.length === 0 && doubt < 2) return files;
    const problem =
      empty.length > 0
        ? `it names the folder ${JSON.stringify(empty[0])} and no file in it`
        : "it ends after a full page";
    throw incomplete(client, repo, problem);
  }
  const known = new Set(files.map(({ file }) => file.path));
  const missing = names.filter((name) => !known.has(name));
  const found = missing.length === 0 ? [] : await readEntries(client, repo, { missing, signal });
  for (const { file } of found) known.add(file.path);
  const lost = names.filter((name) => !known.has(name));
  if (lost.length === 0) return [...files, ...found];
  const problem = `${lost.length} of ${names.length} files are missing, ${JSON.stringify(lost[0])} among them`;
  throw incomplete(client, repo, problem);
}

/** The names of all files that the model's own description lists. Undefined where the server lists none. */
async function readNames(
  client: HubClient,
  { commit, ...repo }: CommitRef,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | undefined> {
  const url = client.url([...apiSegments(repo), "revision", commit], { expand: "siblings" });
  const question = { kind: "revision", repoId: repo.repoId, revision: commit } as const;
  try {
    const { value } = await client.json(url, { question, signal });
    const siblings = isObject(value) ? value["siblings"] : undefined;
    if (!Array.isArray(siblings)) return undefined;
    return siblings.flatMap((item: unknown) => stringField(item, "rfilename") ?? []);
  } catch (error) {
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}

/** Those of the missing files that `paths-info` tells of, as a tree would. */
async function readEntries(
  client: HubClient,
  { commit, ...repo }: CommitRef,
  {
    missing,
    signal,
  }: { readonly missing: readonly string[]; readonly signal: AbortSignal | undefined },
): Promise<readonly FileEntry[]> {
  const url = client.url([...apiSegments(repo), "paths-info", commit]);
  const wanted = new Set(missing);
  const found: FileEntry[] = [];
  for (let from = 0; from < missing.length; from += BATCH) {
    const { value } = await client.json(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ paths: missing.slice(from, from + BATCH), expand: false }),
      question: { kind: "revision", repoId: repo.repoId, revision: commit },
      signal,
    });
    for (const item of Array.isArray(value) ? value : []) {
      const entry = parseTreeEntry(item);
      const isFile = entry.kind !== "folder" && entry.kind !== "other";
      if (isFile && wanted.delete(entry.file.path)) found.push(entry);
    }
  }
  return found;
}

function incomplete(client: HubClient, { repoId }: CommitRef, problem: string): ModelDownloadError {
  const { endpoint } = client.settings;
  const { host } = new URL(endpoint);
  return new ModelDownloadError(
    `${host} sends a file list of ${repoId} that is not whole: ${problem}`,
    "hub/bad-response",
    {
      hint: "A proxy or mirror drops a part of the question or of the answer. Try another network, or another `endpoint`.",
      repoId,
      data: { endpoint: redactUrl(endpoint) },
    },
  );
}
