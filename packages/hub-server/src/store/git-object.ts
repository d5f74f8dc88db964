import { createHash } from "node:crypto";
import { createDigester, type DigestAlgorithm } from "@mlx-download/cache";
import type { BlobSource } from "./blob-source.ts";

/** The Git LFS pointer that stands in git for a blob (git-lfs spec v1). */
export function lfsPointer(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}

/** The git object id of a small text or byte array: sha1 of `blob <size>\0` and the content. */
export function gitBlobId(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const digester = createDigester("git-sha1", bytes.byteLength);
  digester.update(bytes);
  return digester.digest();
}

/** A stable 40-hex id from any texts: commits, directories and object ids of repos that never were in git. */
export function stableId(...parts: readonly string[]): string {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest("hex");
}

/** The digest of a blob, read once from start to end in 1 MiB pieces. */
export async function digestBlob(blob: BlobSource, algorithm: DigestAlgorithm): Promise<string> {
  const digester = createDigester(algorithm, blob.size);
  const buffer = new Uint8Array(Math.min(blob.size, 1024 * 1024));
  const reader = await blob.open();
  try {
    for (let position = 0; position < blob.size;) {
      const count = await reader.read(buffer, position);
      if (count === 0) throw new Error(`the blob ended at byte ${position} of ${blob.size}`);
      digester.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    await reader.close();
  }
  return digester.digest();
}
