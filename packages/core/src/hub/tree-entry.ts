import { checkRepoPath, type SnapshotFile } from "@mlx-download/cache";
import { lfsPointerId } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../contract/errors.ts";
import type { WithheldFile } from "../contract/snapshot.ts";
import { redactText } from "../http/redact.ts";
import { isObject, stringField } from "./json-value.ts";

const SHA256 = /^[0-9a-f]{64}$/i;
/** As git-lfs pointers write it, and servers that keep their pointers. */
const SHA256_PREFIX = /^sha256:/i;
const MD5 = /^[0-9a-f]{32}$/i;
const GIT_SHA1 = /^[0-9a-f]{40}$/i;
/** Digits replaced one by one: 64 asterisks for a sha256 (recorded in 2026, see docs/concepts/gated-repos.md). */
const MASKED = /^\*+$/;

/** `hub/unsafe-tree`: a listing that must not be believed. `data`: `path` as far as it is text. */
export function unsafeTree(
  problem: string,
  details: { path?: unknown; cause?: unknown } = {},
): ModelDownloadError {
  const path = typeof details.path === "string" ? redactText(details.path, 1024) : undefined;
  return new ModelDownloadError(
    `The repo's file list cannot be trusted: ${problem}`,
    "hub/unsafe-tree",
    {
      hint: "Nothing was written. The repo is damaged or hostile. Tell its owner or choose another one.",
      cause: details.cause,
      data: { path },
    },
  );
}

/** A file of which a listing tells only the md5, as object stores in the Hub's place do. */
export interface Md5File {
  readonly path: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly md5: string;
}

/** The kind of a listing's item: a file of the snapshot, a withheld file, a folder, or an item to ignore. */
export type TreeEntry =
  | { readonly kind: "file"; readonly file: SnapshotFile }
  | { readonly kind: "withheld"; readonly file: WithheldFile }
  | { readonly kind: "md5"; readonly file: Md5File }
  | { readonly kind: "folder"; readonly path: string }
  /** `path`: of an item whose type is unknown, which may be a file. */
  | { readonly kind: "other"; readonly path?: string };

/** An item that is a file of the snapshot, whether its digest is stated or not. */
export type FileEntry = Extract<TreeEntry, { readonly kind: "file" | "withheld" | "md5" }>;

/**
 * One item of `GET /api/models/{id}/tree/{commit}`, checked field by field. For an LFS file the content's size and
 * sha256 count, and a missing git id is computed from its pointer. A masked digest (64 `*`) makes the file a withheld
 * one. A masked `xetHash` alone is dropped. Throws `hub/unsafe-tree`.
 */
export function parseTreeEntry(item: unknown): TreeEntry {
  if (!isObject(item)) throw unsafeTree("an entry is no object");
  const { path, type } = item;
  const named = typeof path === "string" && path !== "";
  // `tree` and `blob` are git's own words.
  if (type === "directory" || type === "tree") {
    return named ? { kind: "folder", path } : { kind: "other" };
  }
  if (type !== "file" && type !== "blob") {
    return named ? { kind: "other", path } : { kind: "other" };
  }
  if (typeof path !== "string") throw unsafeTree("a file has no path");
  try {
    checkRepoPath(path);
  } catch (cause) {
    throw unsafeTree(cause instanceof Error ? redactText(cause.message) : "a path is not safe", {
      path,
      cause,
    });
  }
  const { oid } = item;
  const lfs = withoutNothing(item["lfs"]);
  const xet = stringField(item, "xetHash");
  const xetHash = xet !== undefined && SHA256.test(xet) ? { xetHash: xet.toLowerCase() } : {};
  if (lfs === undefined) {
    const size = byteCount(item["size"], path);
    if (isMasked(oid)) return { kind: "withheld", file: { path, size, blobId: undefined } };
    if (typeof oid === "string" && SHA256.test(oid)) {
      return sha256Entry({ path, size, hex: oid.toLowerCase() });
    }
    if (typeof oid === "string" && MD5.test(oid)) {
      return { kind: "md5", file: { path, size, md5: oid.toLowerCase() } };
    }
    const blobId = gitId(oid, path);
    return {
      kind: "file",
      file: { path, size, digest: { algorithm: "git-sha1", hex: blobId }, blobId, ...xetHash },
    };
  }
  const sha256 = stringField(lfs, "oid")?.replace(SHA256_PREFIX, "");
  if (!isObject(lfs) || sha256 === undefined)
    throw unsafeTree(`${quote(path)} has no sha256`, { path });
  const size = byteCount(lfs["size"] ?? item["size"], path);
  if (isMasked(sha256)) {
    const blobId = isMasked(oid) || oid === undefined ? undefined : gitId(oid, path);
    return { kind: "withheld", file: { path, size, blobId } };
  }
  if (!SHA256.test(sha256)) throw unsafeTree(`${quote(path)} has no sha256`, { path });
  const hex = sha256.toLowerCase();
  // Servers without git put the sha256, or a checksum of their store, where the pointer's id would be.
  const stated =
    typeof oid === "string" && oid !== "" && !isMasked(oid) && !SHA256.test(oid) && !MD5.test(oid);
  const blobId = stated ? gitId(oid, path) : lfsPointerId(hex, size);
  return {
    kind: "file",
    file: { path, size, digest: { algorithm: "sha256", hex }, blobId, ...xetHash },
  };
}

function sha256Entry(file: {
  readonly path: string;
  readonly size: number;
  readonly hex: string;
}): TreeEntry {
  const { path, size, hex } = file;
  const digest = { algorithm: "sha256", hex } as const;
  return { kind: "file", file: { path, size, digest, blobId: lfsPointerId(hex, size) } };
}

/** A server's ways to say that a file is no LFS file: clients that ask whether there is anything take them for that. */
function withoutNothing(lfs: unknown): unknown {
  if (lfs === null || lfs === false || lfs === "") return undefined;
  return isObject(lfs) && Object.keys(lfs).length === 0 ? undefined : lfs;
}

const isMasked = (value: unknown): boolean => typeof value === "string" && MASKED.test(value);

const quote = (path: string): string => JSON.stringify(redactText(path));

function gitId(oid: unknown, path: string): string {
  if (typeof oid === "string" && GIT_SHA1.test(oid)) return oid.toLowerCase();
  throw unsafeTree(`${quote(path)} has no git object id`, { path });
}

function byteCount(stated: unknown, path: string): number {
  const isDigits = typeof stated === "string" && /^\d{1,16}$/.test(stated);
  const size = isDigits ? Number(stated) : stated;
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
  throw unsafeTree(`the size of ${quote(path)} is no count of bytes`, { path });
}
