import type { SnapshotFile } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import { redactUrl } from "../http/redact.ts";
import type { HubClient } from "./hub-client.ts";
import {
  completeTree,
  emptyFolders,
  type ListedTree,
  pageDoubt,
  type TreePage,
} from "./complete-tree.ts";
import { nextPage } from "./next-page.ts";
import { apiSegments, type CommitRef } from "./repo-segments.ts";
import { idInAddress, tellRename } from "./renamed.ts";
import type { Question } from "./question.ts";
import type { WithheldFile } from "../contract/snapshot.ts";
import { settleMd5 } from "./settle-md5.ts";
import { type FileEntry, parseTreeEntry, unsafeTree, type TreeEntry } from "./tree-entry.ts";

/** Above these a listing is refused: no model has that many files, a server that loops does. */
const MAX_FILES = 200_000;
const MAX_PAGES = 20_000;
const MAX_FOLDERS = 20_000;

/** The files of a commit: those whose digest is told, and those whose digest is withheld for want of access. */
export interface TreeListing {
  readonly files: readonly SnapshotFile[];
  readonly withheld: readonly WithheldFile[];
}

/**
 * Every file of a repo at a commit, in the server's order: one recursive listing, a thousand files a call. Where a
 * server ignores the cursor and sends the same page again, folder by folder. Throws `hub/unsafe-tree` for a listing
 * that must not be believed (paths that leave their folder, sizes, digests, duplicates, a file and a folder of one
 * name), `hub/bad-response`, and the other `hub/…` errors. Names that differ only in case give a `warning` event.
 */
export async function listTree(
  client: HubClient,
  repo: CommitRef,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<TreeListing> {
  const { repoId, commit } = repo;
  const { signal } = options;
  const listing: Listing = {
    client,
    question: { kind: "revision", repoId, revision: commit },
    segments: [...apiSegments(repo), "tree", commit],
    signal,
  };
  const found = (await listRecursive(listing)) ?? (await listFolders(listing, [""]));
  const listed = await listEmptyFolders(listing, found);
  const entries = await completeTree(client, repo, { listed, signal });
  const byMd5 = entries.flatMap((entry) => (entry.kind === "md5" ? [entry.file] : []));
  const settled = await settleMd5(client, repo, { files: byMd5, signal });
  const files = settled.map((file) => ({ kind: "file", file }) as const);
  return treeListing([...entries.filter(({ kind }) => kind !== "md5"), ...files], client.emit);
}

/** A listing from another client, checked and refused like that of {@link listTree}. */
export function readTree(items: readonly unknown[], emit: HubClient["emit"]): TreeListing {
  refuseTooMany(items.length);
  return treeListing(items.map(parseTreeEntry), emit);
}

function treeListing(entries: readonly TreeEntry[], emit: HubClient["emit"]): TreeListing {
  const files: SnapshotFile[] = [];
  const withheld: WithheldFile[] = [];
  for (const entry of entries) {
    if (entry.kind === "file") files.push(entry.file);
    if (entry.kind === "withheld") withheld.push(entry.file);
    if (entry.kind === "md5") {
      const { path } = entry.file;
      throw unsafeTree(`${JSON.stringify(path)} has no git object id`, { path });
    }
  }
  checkNames([...files, ...withheld], emit);
  return { files, withheld };
}

interface Listing {
  readonly client: HubClient;
  readonly question: Question;
  readonly segments: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Undefined when the server repeats a page. */
async function listRecursive(listing: Listing): Promise<ListedTree | undefined> {
  const files: FileEntry[] = [];
  const folders = new Set<string>();
  let doubt = 0;
  const query = { recursive: "true", expand: "false" };
  for await (const page of pages(listing, listing.client.url(listing.segments, query))) {
    if (page === "repeated") return undefined;
    for (const entry of page.entries) {
      if (isFile(entry)) files.push(entry);
      if (entry.kind === "folder") folders.add(entry.path);
    }
    refuseTooMany(files.length);
    doubt = Math.max(doubt, pageDoubt(page));
  }
  return { files, folders: [...folders], doubt };
}

/** Folders that a listing names without their content are listed one by one: something dropped `recursive=true`. */
async function listEmptyFolders(listing: Listing, found: ListedTree): Promise<ListedTree> {
  const empty = emptyFolders(found);
  if (empty.length === 0) return found;
  const more = await listFolders(listing, empty);
  return {
    files: [...found.files, ...more.files],
    folders: [...found.folders, ...more.folders],
    doubt: Math.max(found.doubt, more.doubt),
  };
}

/** The contents in and below folders, with one request for each folder. `""` is the root. */
async function listFolders(listing: Listing, roots: readonly string[]): Promise<ListedTree> {
  const files: FileEntry[] = [];
  const folders = [...roots];
  const known = new Set(folders);
  let doubt = 0;
  for (const folder of folders) {
    const segments = folder === "" ? [] : folder.split("/");
    const before = new Map(files.map((entry) => [entry.file.path, identityOf(entry)]));
    // Some servers ignore the folder or list its subfolders too. The root, or everything, comes again.
    const isNew = (entry: FileEntry): boolean =>
      (folder === "" || entry.file.path.startsWith(`${folder}/`)) &&
      before.get(entry.file.path) !== identityOf(entry);
    const url = listing.client.url([...listing.segments, ...segments], {
      recursive: "false",
      expand: "false",
    });
    for await (const page of pages(listing, url)) {
      if (page === "repeated") throw repeats(listing, url);
      for (const entry of page.entries) {
        if (isFile(entry) && isNew(entry)) files.push(entry);
        if (entry.kind !== "folder" || known.has(entry.path) || !isBelow(entry.path, folder))
          continue;
        if (known.size >= MAX_FOLDERS)
          throw unsafeTree(`it names more than ${MAX_FOLDERS} folders`);
        known.add(entry.path);
        folders.push(entry.path);
      }
      refuseTooMany(files.length);
      doubt = Math.max(doubt, pageDoubt(page));
    }
  }
  return { files, folders: folders.filter((folder) => folder !== ""), doubt };
}

const isFile = (entry: TreeEntry): entry is FileEntry =>
  entry.kind === "file" || entry.kind === "withheld" || entry.kind === "md5";

const identityOf = (entry: FileEntry): string =>
  entry.kind === "file"
    ? entry.file.digest.hex
    : entry.kind === "md5"
      ? entry.file.md5
      : "withheld";

/** Only folders one level below are walked into, so that a server cannot send us in circles. */
function isBelow(path: string, folder: string): boolean {
  const prefix = folder === "" ? "" : `${folder}/`;
  const name = path.slice(prefix.length);
  return path.startsWith(prefix) && name !== "" && !name.includes("/") && !/^\.{1,2}$/.test(name);
}

/** The pages of a listing. Returns a reason instead for a page that came before, or for too many pages. */
async function* pages(
  { client, question, signal }: Listing,
  first: URL,
): AsyncGenerator<TreePage | "repeated", void, undefined> {
  const asked = new Set<string>();
  const firstNames = new Set<string>();
  for (let url: URL | undefined = first; url;) {
    if (asked.has(url.href) || asked.size >= MAX_PAGES) return yield "repeated";
    asked.add(url.href);
    const answer = await client.json(url, { question, signal });
    if (!Array.isArray(answer.value)) throw notAList(answer.url);
    tellRename(question.repoId ?? "", idInAddress(answer.url), client.emit);
    const entries = answer.value.map(parseTreeEntry);
    const name = firstName(entries);
    if (name !== undefined && firstNames.has(name)) return yield "repeated";
    if (name !== undefined) firstNames.add(name);
    url = nextPage(answer.headers.get("link"), answer.url);
    yield { entries, isLast: url === undefined };
  }
}

function firstName(entries: readonly TreeEntry[]): string | undefined {
  for (const entry of entries) {
    if (entry.kind === "file" || entry.kind === "withheld") return `file ${entry.file.path}`;
    if (entry.kind === "folder") return `folder ${entry.path}`;
  }
  return undefined;
}

function refuseTooMany(count: number): void {
  if (count > MAX_FILES) throw unsafeTree(`it names more than ${MAX_FILES} files`);
}

function checkNames(files: readonly { readonly path: string }[], emit: HubClient["emit"]): void {
  const paths = new Set<string>();
  const folded = new Map<string, string>();
  for (const { path } of files) {
    if (paths.has(path)) throw unsafeTree(`it names ${JSON.stringify(path)} twice`, { path });
    paths.add(path);
    const key = path.normalize("NFC").toLowerCase();
    const twin = folded.get(key);
    if (twin === undefined) folded.set(key, path);
    else warnOfTwins(twin, path, emit);
  }
  for (const path of paths) {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (paths.has(folder)) {
        throw unsafeTree(`${JSON.stringify(folder)} is a file and a folder`, { path: folder });
      }
    }
  }
}

function warnOfTwins(one: string, other: string, emit: HubClient["emit"]): void {
  emit({
    type: "warning",
    code: "hub/similar-names",
    message: `${JSON.stringify(one)} and ${JSON.stringify(other)} are one name on disks that ignore case.`,
    hint: "Leave one of them out with the option `exclude` where that matters.",
  });
}

function notAList(url: URL): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} answered with something that is not a list of files`,
    "hub/bad-response",
    {
      hint: "Check that HF_ENDPOINT names a Hub.",
      data: { url: redactUrl(url) },
    },
  );
}

function repeats({ question }: Listing, url: URL): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} sends the same page of the file list again and again`,
    "hub/bad-response",
    {
      hint: "This mirror cannot page through large repos. Use https://huggingface.co as endpoint.",
      repoId: question.repoId,
      data: { url: redactUrl(url) },
    },
  );
}
