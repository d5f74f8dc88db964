/**
 * Takes bytes where they arrive: whoever reads fills `space()` and says how much. Nothing is copied, no buffer is made
 * per read.
 */
export interface ByteSink {
  /** Room for the next bytes, at least one, good until the next `filled`. */
  space(): Uint8Array;
  /**
   * The first `bytes` of `space()` are there. A returned promise is back-pressure: read on when it resolves. Throws
   * when the bytes cannot be kept.
   */
  filled(bytes: number): Promise<void> | undefined;
}

/** Copies a chunk into a sink, in as many pieces as its spaces need. */
export async function pour(chunk: Uint8Array, sink: ByteSink): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) {
    const space = sink.space();
    const piece = chunk.subarray(at, at + space.byteLength);
    space.set(piece);
    at += piece.byteLength;
    const wait = sink.filled(piece.byteLength);
    if (wait !== undefined) await wait;
  }
}

/** A sink that could not keep its bytes: no fault of the line they came over. `cause` is what it threw. */
export class SinkError extends Error {
  override readonly name = "SinkError";

  constructor(cause: unknown) {
    super("the bytes could not be kept", { cause });
  }
}
