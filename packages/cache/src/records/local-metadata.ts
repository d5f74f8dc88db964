import { stat } from "node:fs/promises";
import { localDirPaths } from "../names/local-dir.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { isCommit } from "../names/revision.ts";

/** The record made when a file was put into a local folder. */
export interface LocalMetadata {
  readonly commit: string;
  /** The blob's name: sha256 or git blob id, hex. */
  readonly etag: string;
  /** Unix time in seconds, with a fraction. */
  readonly timestamp: number;
}

/**
 * The metadata of a file in a local folder. Undefined when there is none, it cannot be read, or the
 * file is missing or was changed since (its mtime is more than a second later, as Python's client
 * judges it).
 */
export async function readLocalMetadata(
  localDir: string,
  path: string,
): Promise<LocalMetadata | undefined> {
  const metadata = await readNotedMetadata(localDir, path);
  if (metadata === undefined) return undefined;
  const stats = await stat(localDirPaths(localDir, path).file).catch(() => undefined);
  if (stats === undefined || stats.mtimeMs / 1000 - 1 > metadata.timestamp) return undefined;
  return metadata;
}

/** The record of a file, regardless of later changes to the file. */
export async function readNotedMetadata(
  localDir: string,
  path: string,
): Promise<LocalMetadata | undefined> {
  return parse((await readSmallFile(localDirPaths(localDir, path).metadata, 4096)) ?? "");
}

/** The text of a metadata file: commit, etag and time, one a line. */
export function formatLocalMetadata(metadata: LocalMetadata): string {
  return `${metadata.commit}\n${metadata.etag}\n${metadata.timestamp}\n`;
}

function parse(text: string): LocalMetadata | undefined {
  const [commit, etag, time] = text.split("\n").map((line) => line.trim());
  const timestamp = Number(time);
  if (!commit || !etag || !time || !isCommit(commit) || !Number.isFinite(timestamp)) {
    return undefined;
  }
  return { commit, etag, timestamp };
}
