import type { Digest } from "@mlx-download/cache";
import type { ByteSink } from "../../http/byte-sink.ts";
import type { ByteRange } from "../disk/ranges.ts";

/** The blob that a source is asked for: named by a file that holds it, known by its digest. */
export interface BlobRequest {
  /** Path of a file in the repo that has these bytes. */
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/** The inputs of a source's read. */
export interface SourceIo {
  /** Takes the bytes of the range, in order. */
  readonly sink: ByteSink;
  readonly signal: AbortSignal;
  /** Called for every body byte count received, wanted or not. */
  readonly onWire: (bytes: number) => void;
}

/**
 * A place where the bytes of a blob can come from. All sources are equal, since every byte is verified afterwards.
 * `read` delivers `range` from its start, without a gap, and resolves when all of it was delivered. Otherwise it
 * rejects, and the bytes delivered before stay delivered. It opens at most one connection at a time and obeys `signal`.
 */
export interface Source {
  /** For events and to tell sources apart: a host name, a folder … */
  readonly name: string;
  /**
   * Whether it has this blob, as far as is known now. A source that finds out later says no until then, so that nothing
   * waits for it. Default: yes.
   */
  offers?(blob: BlobRequest): boolean;
  read(blob: BlobRequest, range: ByteRange, io: SourceIo): Promise<void>;
}

/** Why a source could not deliver a segment, for the code that decides about the next try. */
export type SegmentFailure =
  /**
   * The server sends the whole file for every range. Said once a blob: from then on the source skips to the
   * range itself, so that one stream to the end is the cheapest.
   */
  | "ranges-ignored"
  /** The server ended the body, or announced its end, before the bytes the tree promises: it says that is all. */
  | "short"
  /** It answered something that cannot be these bytes (another range, another length, a web page). */
  | "wrong-answer"
  /** The network broke, stalled, or the server was busy: the same request may well work next time. */
  | "transient";

/** A segment that could not be read. `cause` is the coded error to show when no retry helps. */
export class SegmentError extends Error {
  override readonly name = "SegmentError";
  readonly failure: SegmentFailure;
  /** At least so long before the next try, in ms, when the server said so. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    failure: SegmentFailure,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs;
  }
}
