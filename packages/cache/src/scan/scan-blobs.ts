import { type Dirent, lstatSync, type Stats, statSync } from "node:fs";
import { join, sep } from "node:path";
import { isTemp } from "../disk/durable-file.ts";
import { isHex } from "../names/is-hex.ts";
import type { Finding, FindingCode } from "../names/finding.ts";
import { isLitter } from "../names/litter.ts";
import type { RepoLayout } from "../names/layout.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { isForeignPartial } from "../names/foreign-partial.ts";

/** Whether this is the lock of a blob, which hf-hub (Rust) keeps beside it up to 0.5: an empty file that stays for ever. */
export function isBlobLock(name: string): boolean {
  return name.endsWith(".lock") && isDigest(name.slice(0, -".lock".length));
}

const isDigest = (name: string): boolean => isHex(name, 64) || isHex(name, 40);

/** What `scanBlobs` saw. */
export interface BlobsScan {
  readonly findings: readonly Finding[];
  /** Blobs that are links, by path: those of the shared store. */
  readonly links: ReadonlySet<string>;
}

/** Findings about a repo's `blobs`, given those that its snapshots use. */
export function scanBlobs(layout: RepoLayout, isUsed: (name: string) => boolean): BlobsScan {
  const { entries, findings } = listFolderSync(layout.blobsDir);
  const links = new Set<string>();
  for (const entry of entries) {
    const { name } = entry;
    if (entry.isSymbolicLink()) links.add(layout.blobsDir + sep + name);
    const used = isUsed(name);
    // Blobs that a snapshot uses were checked there, and most blobs are such.
    if (used && isDigest(name)) continue;
    if (!isLitter(name) && !isBlobLock(name))
      findings.push(...blobFindings(layout.blobsDir + sep + name, entry, used));
  }
  return { findings, links };
}

/**
 * Files in a repo beside its blobs and snapshots: unfinished downloads, temporary files,
 * quarantined data.
 */
export function scanLeftovers(layout: RepoLayout): readonly Finding[] {
  const partial = listFolderSync(layout.partialDir);
  const quarantine = listFolderSync(layout.quarantineDir);
  const inPartial = partial.entries.flatMap(({ name }): readonly Finding[] => {
    const path = join(layout.partialDir, name);
    const stats = peek(path);
    if (isTemp(name) || name.endsWith(".gone")) {
      return [
        finding(
          "leftover",
          path,
          "A temporary file of a run that is going on or was killed.",
          stats,
        ),
      ];
    }
    if (!/\.data(?:\.[0-9a-f]{8})?$/.test(name)) return [];
    const message = `A download stopped here. The next run resumes its file of ${stats?.size ?? 0} bytes.`;
    return [finding("unfinished-download", path, message, stats)];
  });
  const inQuarantine = quarantine.entries.map(({ name }) => {
    const path = join(layout.quarantineDir, name);
    const message = "Damaged data that a repair moved aside. It is unused.";
    return finding("quarantined", path, message, peek(path));
  });
  return [...partial.findings, ...quarantine.findings, ...inPartial, ...inQuarantine];
}

function blobFindings(path: string, entry: Dirent, used: boolean): readonly Finding[] {
  const { name } = entry;
  const own = peek(path);
  if (isForeignPartial(name) || /^\..*\.shared$/.test(name)) {
    const message = `A temporary file of ${own?.size ?? 0} bytes of an interrupted run.`;
    return [finding("leftover", path, message, own)];
  }
  const stats = entry.isSymbolicLink() ? follow(path) : own;
  if (stats === undefined) {
    return [{ code: "dangling-link", path, message: "The shared blob it leads to is gone." }];
  }
  if (!stats.isFile()) {
    return [{ code: "stray-file", path, message: "It is no regular file." }];
  }
  const findings: Finding[] = [];
  if (!isDigest(name)) {
    const message = "The name is no digest, so the content cannot be verified.";
    findings.push({ code: "odd-blob-name", path, message });
  }
  if (!used) {
    const message = `No snapshot uses this blob of ${stats.size} bytes.`;
    findings.push(finding("unreferenced-blob", path, message, own));
  }
  return findings;
}

function finding(
  code: FindingCode,
  path: string,
  message: string,
  stats: Stats | undefined,
): Finding {
  if (stats === undefined) return { code, path, message };
  // A file with holes takes less than its length, a link next to nothing.
  const blocks = stats.blocks * 512;
  const sizeOnDisk = stats.isFile() ? (blocks > 0 ? Math.min(stats.size, blocks) : stats.size) : 0;
  return { code, path, message, sizeOnDisk, lastModifiedAt: Math.round(stats.mtimeMs) };
}

function peek(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function follow(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
