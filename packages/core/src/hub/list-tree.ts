import type { SnapshotFile } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import { redactUrl } from "../http/redact.ts";
import type { HubClient } from "./client.ts";
import { nextPage } from "./next-page.ts";
import { apiSegments, type TypedRepo } from "./repo-segments.ts";
import { idInAddress, tellRename } from "./renamed.ts";
import type { Question } from "./response-error.ts";
import type { WithheldFile } from "../contract/snapshot.ts";
import { parseTreeEntry, unsafeTree, type TreeEntry } from "./tree-entry.ts";

/** Above these a listing is refused: no model has that many files, a server that loops does. */
const MAX_FILES = 200_000;
const MAX_PAGES = 20_000;
const MAX_FOLDERS = 20_000;

/** A repo at a commit. */
export interface CommitRef extends TypedRepo {
  readonly commit: string;
}

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
  { repoId, repoType, commit }: CommitRef,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<TreeListing> {
  const listing: Listing = {
    client,
    question: { kind: "revision", repoId, revision: commit },
    segments: [...apiSegments({ repoId, repoType }), "tree", commit],
    signal: options.signal,
  };
  return treeListing((await listRecursive(listing)) ?? (await listFolders(listing)), client.emit);
}

/** A listing that came another way; checked and refused like {@link listTree}'s. */
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
async function listRecursive(listing: Listing): Promise<TreeEntry[] | undefined> {
  const found: TreeEntry[] = [];
  const query = { recursive: "true", expand: "false" };
  for await (const page of pages(listing, listing.client.url(listing.segments, query))) {
    if (typeof page === "string") return undefined;
    for (const entry of page) if (isFile(entry)) found.push(entry);
    refuseTooMany(found.length);
  }
  return found;
}

async function listFolders(listing: Listing): Promise<TreeEntry[]> {
  const found: TreeEntry[] = [];
  const folders = [""];
  const known = new Set(folders);
  for (const folder of folders) {
    const segments = folder === "" ? [] : folder.split("/");
    const url = listing.client.url([...listing.segments, ...segments], {
      recursive: "false",
      expand: "false",
    });
    for await (const page of pages(listing, url)) {
      if (typeof page === "string") throw repeats(listing, url);
      for (const entry of page) {
        if (isFile(entry)) found.push(entry);
        if (entry.kind !== "folder" || known.has(entry.path) || !isBelow(entry.path, folder))
          continue;
        if (known.size >= MAX_FOLDERS)
          throw unsafeTree(`it names more than ${MAX_FOLDERS} folders`);
        known.add(entry.path);
        folders.push(entry.path);
      }
      refuseTooMany(found.length);
    }
  }
  return found;
}

const isFile = ({ kind }: TreeEntry): boolean => kind === "file" || kind === "withheld";

/** Only folders one level below are walked into, so that a server cannot send us in circles. */
function isBelow(path: string, folder: string): boolean {
  const prefix = folder === "" ? "" : `${folder}/`;
  const name = path.slice(prefix.length);
  return path.startsWith(prefix) && name !== "" && !name.includes("/") && !/^\.{1,2}$/.test(name);
}

/** The pages of a listing; a word instead of one that came before, or of more than anyone needs. */
async function* pages(
  { client, question, signal }: Listing,
  first: URL,
): AsyncGenerator<readonly TreeEntry[] | "repeated", void, undefined> {
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
    yield entries;
    url = nextPage(answer.headers.get("link"), answer.url);
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
    hint: "Leave one of them out with --exclude where that matters.",
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
      hint: "This mirror cannot page through large repos; use https://huggingface.co as endpoint.",
      repoId: question.repoId,
      data: { url: redactUrl(url) },
    },
  );
}
