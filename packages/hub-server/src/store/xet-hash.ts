import { createHash } from "node:crypto";
import type { RepoFile } from "./repo-store.ts";

/**
 * The Xet hash of a file in LFS, 64 hex digits. Undefined for a file that is not in Xet storage.
 */
export type XetHashOf = (file: RepoFile) => string | undefined;

/**
 * A stand-in for the Xet hash of a file as long as the real one is not computed: 64 hex digits that
 * follow from the content and differ from its sha256, like the CDN's ETag on the real Hub (recorded
 * 2026-09-23).
 */
export function pseudoXetHash(file: RepoFile): string | undefined {
  if (file.xetHash !== undefined) return file.xetHash;
  return file.lfs && createHash("sha256").update(`xet ${file.lfs.sha256}`).digest("hex");
}
