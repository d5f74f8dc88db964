/**
 * Takes bytes where they arrive: the reader fills `space()` and reports the length. No bytes are copied and no buffer
 * is allocated per read.
 */
export interface ByteSink {
  /** Room for the next bytes, at least one, also while back-pressure is pending. Valid until the next `filled`. */
  space(): Uint8Array;
  /**
   * The first `bytes` of `space()` are there. A returned promise is back-pressure: read on when it resolves. Throws
   * when the bytes cannot be kept.
   */
  filled(bytes: number): Promise<void> | undefined;
}

/**
 * Copies a chunk into a sink until the sink asks to wait. Returns the number of bytes copied and the promise to wait
 * for.
 */
export function pourUntilFull(
  chunk: Uint8Array,
  sink: ByteSink,
): { readonly poured: number; readonly wait: Promise<void> | undefined } {
  let poured = 0;
  let wait: Promise<void> | undefined;
  while (poured < chunk.byteLength && wait === undefined) {
    const space = sink.space();
    if (space.byteLength === 0) throw new RangeError("a sink has no room for bytes it is to get");
    const piece = chunk.subarray(poured, poured + space.byteLength);
    space.set(piece);
    poured += piece.byteLength;
    wait = sink.filled(piece.byteLength);
  }
  return { poured, wait };
}

/** Copies a chunk into a sink, however often that asks to wait. */
export async function pour(chunk: Uint8Array, sink: ByteSink): Promise<void> {
  for (let rest = chunk; rest.byteLength > 0;) {
    const { poured, wait } = pourUntilFull(rest, sink);
    rest = rest.subarray(poured);
    if (wait !== undefined) await wait;
  }
}

/** A sink that could not keep its bytes. The line that brought them is not at fault. `cause` is the sink's error. */
export class SinkError extends Error {
  override readonly name = "SinkError";

  constructor(cause: unknown) {
    super("the bytes could not be kept", { cause });
  }
}
