import { createHash } from "node:crypto";
import type { RepoFile } from "./repo-store.ts";

/** The Xet hash of a file in LFS, 64 hex digits; undefined for a file that is not in Xet storage. */
export type XetHashOf = (file: RepoFile) => string | undefined;

/**
 * What stands for the Xet hash of a file as long as nothing computes the real one: 64 hex digits that follow from the
 * content and are not its sha256, as the CDN's ETag is not on the real Hub (recorded 2026-09-23).
 */
export function pseudoXetHash(file: RepoFile): string | undefined {
  if (file.xetHash !== undefined) return file.xetHash;
  return file.lfs && createHash("sha256").update(`xet ${file.lfs.sha256}`).digest("hex");
}
