import { stat } from "node:fs/promises";
import { fileBlob, memoryBlob, type BlobSource } from "./blob-source.ts";
import { digestBlob } from "./git-object.ts";
import { syntheticBlob } from "./synthetic-blob.ts";

/** A file's content: text, bytes, `size` synthetic bytes that need no memory, or a file on disk. */
export type FileContent =
  | string
  | Uint8Array
  | { readonly size: number; readonly seed?: number }
  | { readonly path: string };

/** The blob behind a {@link FileContent}. */
export async function contentBlob(content: FileContent): Promise<BlobSource> {
  if (typeof content === "string") return memoryBlob(Buffer.from(content));
  if (content instanceof Uint8Array) return memoryBlob(content);
  if ("path" in content) return fileBlob(content.path, (await stat(content.path)).size);
  return syntheticBlob(content.size, content.seed);
}

const syntheticDigests = new Map<string, Promise<string>>();

/** The sha256 of synthetic content, computed once per process. Undefined for other content. */
export async function knownSha256(
  content: FileContent,
  blob: BlobSource,
): Promise<string | undefined> {
  if (typeof content === "string" || content instanceof Uint8Array || "path" in content) {
    return undefined;
  }
  const key = `${content.size} ${content.seed ?? 1}`;
  const known = syntheticDigests.get(key) ?? digestBlob(blob, "sha256");
  syntheticDigests.set(key, known);
  return known;
}
