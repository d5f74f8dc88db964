import { formatDigest, type RepoLayout, type SnapshotFile } from "@mlx-download/cache";
import { runLanes } from "@mlx-download/cache/writing";
import type { DeltaBase, DeltaPlan, Reconstruction } from "@mlx-download/xet";
import type { XetMode } from "../../contract/xet-mode.ts";
import { SMALL_BLOB_BYTES } from "../small-blob-bytes.ts";
import { findLocalBases, type LocalBase, type LocalBases, openBases } from "./local-bases.ts";
import { takesParts } from "./takes-parts.ts";
import { XetFailure } from "./xet-failure.ts";
import type { XetRoute } from "./xet-route.ts";

/** How a file comes through Xet storage: the parts to copy from files on this disk, and the parts to fetch. */
export interface XetWay {
  readonly parts: readonly Reconstruction[];
  readonly bases: readonly LocalBase[];
  readonly delta: DeltaPlan;
  /** Bytes of the file that bases on this disk have. */
  readonly copyBytes: number;
  /** Bytes that the storage sends for the rest. */
  readonly wireBytes: number;
  /** Whether it asks for parts of listed ranges. */
  readonly inParts: boolean;
}

/** The facts by which ways are looked for. */
export interface XetWishes {
  readonly mode: XetMode;
  readonly route: XetRoute;
  /** Where bases are looked for. Undefined: nowhere. */
  readonly layout: RepoLayout | undefined;
  readonly signal: AbortSignal;
  /** Told of a file for which the storage gave no answer. */
  readonly onFailure: (file: SnapshotFile, failure: XetFailure) => void;
}

// A smaller file is fetched before the storage would have said how.
const WORTH_ASKING_BYTES = 4_000_000;
// Below this share of the file the difference is not worth the copying.
const WORTH_SAVING = 0.01;
const ASKED_AT_ONCE = 8;
// A host is asked whether it gives parts of ranges when they save so much.
const WORTH_PROBING_BYTES = 1_000_000;

/**
 * Which of the files are to come through Xet storage, by digest, and how. With `auto` it is asked only about files that
 * something here may share chunks with, and chosen only when that saves more than a hundredth of the file.
 */
export async function findXetWays(
  files: readonly SnapshotFile[],
  wishes: XetWishes,
): Promise<ReadonlyMap<string, XetWay>> {
  const { mode, route, layout, signal } = wishes;
  const ways = new Map<string, XetWay>();
  const wanted = files.filter(
    ({ xetHash, size, digest }) =>
      xetHash !== undefined &&
      digest.algorithm === "sha256" &&
      size > (mode === "on" ? SMALL_BLOB_BYTES : WORTH_ASKING_BYTES),
  );
  if (mode === "off" || wanted.length === 0) return ways;
  const local = layout && findLocalBases(layout);
  const unique = new Map(wanted.map((file) => [formatDigest(file.digest), file]));
  const queue = unique.entries();
  const lane = async (stop: AbortSignal): Promise<void> => {
    for (const [digest, file] of queue) {
      if (route.failed !== undefined) return;
      try {
        const former = (await local?.formerVersions(file)) ?? [];
        if (mode === "auto" && former.length === 0 && (await local?.any()) !== true) continue;
        const way = await planWay(file, former, { ...wishes, signal: stop, local });
        const saved = file.size - way.wireBytes;
        if (mode === "on" || saved > WORTH_SAVING * file.size) ways.set(digest, way);
      } catch (error) {
        stop.throwIfAborted();
        if (!(error instanceof XetFailure)) throw error;
        // Of several files that fail together, one tells why.
        const isNews = route.failed === undefined;
        route.fail(error);
        if (isNews) wishes.onFailure(file, error);
      }
    }
  };
  await runLanes(Math.min(ASKED_AT_ONCE, unique.size), lane, signal);
  return ways;
}

/** How one file comes. With `wholeRanges` no part of a listed range is asked for. Throws `XetFailure`. */
export async function planWay(
  file: SnapshotFile,
  former: readonly LocalBase[],
  io: Pick<XetWishes, "route" | "signal"> & {
    readonly local: LocalBases | undefined;
    readonly wholeRanges?: boolean;
  },
): Promise<XetWay> {
  const { route, signal, local } = io;
  const { xetHash = "", size } = file;
  const parts = await route.reconstruct({ fileHash: xetHash, size }, signal);
  const xorbs = new Set(parts.flatMap(({ terms }) => terms.map(({ xorb }) => xorb)));
  const sharing = (await local?.sharing(xorbs, file)) ?? [];
  const known = new Map([...sharing, ...former].map((base) => [base.id, base]));
  const bases: LocalBase[] = [];
  const described: DeltaBase[] = [];
  for (const base of known.values()) {
    const found = await describeBase(base, route, signal);
    if (found === undefined || !found.terms.some(({ xorb }) => xorbs.has(xorb))) continue;
    bases.push(base);
    described.push(found);
  }
  const { planDelta } = await import("@mlx-download/xet");
  const files = openBases(bases);
  try {
    const plan = async (subRanges: boolean): Promise<XetWay> => {
      const delta = await planDelta(parts, described, { read: files.read, subRanges });
      const { copyBytes, wireBytes } = delta;
      return { parts, bases, delta, copyBytes, wireBytes, inParts: subRanges };
    };
    const whole = await plan(false);
    const [range] = parts.flatMap(({ ranges }) => ranges);
    if (bases.length === 0 || io.wholeRanges || range === undefined) return whole;
    const inParts = await plan(true);
    const isWorth = whole.wireBytes - inParts.wireBytes > WORTH_PROBING_BYTES;
    return isWorth && (await takesParts(range, route, signal)) ? inParts : whole;
  } finally {
    await files.close();
  }
}

/** A base with its chunks: from its sidecar, or as the storage tells. One of which nothing can be known is none. */
async function describeBase(
  { id, sidecar, xetHash, size, commit }: LocalBase,
  route: XetRoute,
  signal: AbortSignal,
): Promise<DeltaBase | undefined> {
  const { baseFromSidecar, baseFromReconstruction } = await import("@mlx-download/xet");
  if (sidecar !== undefined) return baseFromSidecar(id, sidecar);
  try {
    const parts = await route.at(commit).reconstruct({ fileHash: xetHash, size }, signal);
    return baseFromReconstruction(id, parts);
  } catch (error) {
    // The old version may be gone from the Hub, or forbidden now.
    if (!(error instanceof XetFailure)) throw error;
    return undefined;
  }
}
