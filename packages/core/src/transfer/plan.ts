import { formatDigest, type SnapshotFile } from "@mlx-download/cache";
import type { PlanBytes } from "../contract/events.ts";
import type { LeftOut } from "../contract/left-out.ts";

/** The action for one file: none, continue its partial, clone it from this disk, or fetch it. */
export type FileAction = "keep" | "resume" | "copy" | "fetch";

/** One file of a plan. */
export interface PlannedFile {
  readonly path: string;
  readonly size: number;
  /** `sha256:<hex>` or `git-sha1:<hex>`. */
  readonly digest: string;
  readonly action: FileAction;
  /** Bytes expected on the wire for it. */
  readonly expectedWire: number;
  /** The way by which these come. Null when none are needed. */
  readonly route: "plain" | "xet" | null;
}

/** The bytes behind one or several files of the selection, moved once. */
export interface PlannedBlob {
  /** All files with these bytes. The first one names the blob in requests and events. */
  readonly files: readonly [SnapshotFile, ...SnapshotFile[]];
  readonly size: number;
  readonly action: Exclude<FileAction, "keep">;
  /** Bytes that its partial holds. */
  readonly resumable: number;
  /** For `copy`: a file on this disk that should hold these bytes. */
  readonly copyFrom: string | undefined;
}

/** The files and bytes that a download needs, has, and must fetch. A value: making it does no I/O. */
export interface DownloadPlan {
  readonly repoId: string;
  readonly revision: string;
  readonly commit: string;
  readonly bytes: PlanBytes;
  readonly files: readonly PlannedFile[];
  /** The files that the selection leaves out. */
  readonly leftOut: LeftOut;
  /** The same file by file, those of which the Hub tells the digest. */
  readonly leftOutFiles: readonly SnapshotFile[];
  /** In the order of transfer: small ones first, so that a fault of a model shows in the first second. */
  readonly blobs: readonly PlannedBlob[];
  /** Files whose bytes are in the cache and that only want their entry in the snapshot. */
  readonly links: readonly SnapshotFile[];
}

/** All inputs of a plan. The caller has done the lookups. */
export interface PlanInput {
  readonly repoId: string;
  readonly revision: string;
  readonly commit: string;
  /** The selected files. */
  readonly files: readonly SnapshotFile[];
  readonly leftOut: LeftOut;
  readonly leftOutFiles: readonly SnapshotFile[];
  /** Is a file here (`present`), only its bytes (`blob`), or neither? Asked by path. */
  stateOf(path: string): "present" | "blob" | "absent";
  /** Bytes that the partial of this blob holds, by digest text. */
  resumable(digest: string): number;
  /** How the file would come through Xet storage, if it is to, by digest text. */
  xetWay?(digest: string): { readonly copyBytes: number; readonly wireBytes: number } | undefined;
  /** A file elsewhere on this disk with this digest, by digest text. */
  copyFrom(digest: string): string | undefined;
  readonly diskFree: number | null;
}

/** Makes the plan. Files with equal bytes are fetched once: the others count as copied. */
export function planDownload(input: PlanInput): DownloadPlan {
  const bytes = { total: 0, cached: 0, resumable: 0, copyable: 0, toFetch: 0, expectedWire: 0 };
  const files: PlannedFile[] = [];
  const links: SnapshotFile[] = [];
  const blobs = new Map<string, PlannedBlob>();

  for (const file of input.files) {
    const digest = formatDigest(file.digest);
    const state = input.stateOf(file.path);
    const twin = blobs.get(digest);
    let action: FileAction;
    let expectedWire = 0;
    let route: PlannedFile["route"] = null;
    if (state !== "absent") {
      action = "keep";
      bytes.cached += file.size;
      if (state === "blob") links.push(file);
    } else if (twin !== undefined) {
      action = "copy";
      bytes.copyable += file.size;
      blobs.set(digest, { ...twin, files: [...twin.files, file] });
    } else {
      const copyFrom = input.copyFrom(digest);
      const resumable = copyFrom === undefined ? Math.min(file.size, input.resumable(digest)) : 0;
      action = copyFrom !== undefined ? "copy" : resumable > 0 ? "resume" : "fetch";
      if (copyFrom !== undefined) bytes.copyable += file.size;
      bytes.resumable += resumable;
      if (copyFrom === undefined) {
        const left = file.size - resumable;
        const way = input.xetWay?.(digest);
        // A file that is partly here may be here twice: as a partial, and as chunks of another file.
        const copyable = Math.min(left, way?.copyBytes ?? 0);
        bytes.copyable += copyable;
        bytes.toFetch += left - copyable;
        expectedWire = way === undefined ? left : Math.min(left, way.wireBytes);
        bytes.expectedWire += expectedWire;
        if (left > 0) route = way === undefined ? "plain" : "xet";
      }
      blobs.set(digest, { files: [file], size: file.size, action, resumable, copyFrom });
    }
    bytes.total += file.size;
    files.push({ path: file.path, size: file.size, digest, action, expectedWire, route });
  }

  return {
    repoId: input.repoId,
    revision: input.revision,
    commit: input.commit,
    bytes: { ...bytes, diskFree: input.diskFree },
    files,
    leftOut: input.leftOut,
    leftOutFiles: input.leftOutFiles,
    blobs: [...blobs.values()].toSorted(
      (a, b) => a.size - b.size || (a.files[0].path < b.files[0].path ? -1 : 1),
    ),
    links,
  };
}
