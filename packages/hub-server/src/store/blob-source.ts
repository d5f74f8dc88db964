import { read } from "node:fs";
import { open } from "node:fs/promises";

/** An open blob. */
export interface BlobReader {
  /**
   * Fills `target` from byte `position` as far as it goes and returns the number of bytes read. 0
   * is the end.
   */
  read(target: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Bytes that can be opened any number of times, at once, and read at any position. */
export interface BlobSource {
  /** In bytes. */
  readonly size: number;
  /**
   * Other bytes were once sent in its place. A client that goes on from what it has would end with a mixture, so that a
   * range from the middle gets the whole, which makes it begin anew.
   */
  readonly wasWrong?: boolean | undefined;
  open(): Promise<BlobReader>;
}

/** A blob that is in memory already. */
export function memoryBlob(bytes: Uint8Array): BlobSource {
  return {
    size: bytes.byteLength,
    open: async () => ({
      read: async (target, position) => {
        const part = bytes.subarray(position, position + target.byteLength);
        target.set(part);
        return part.byteLength;
      },
      close: async () => {},
    }),
  };
}

/** A blob in a file of `size` bytes. Reading never goes beyond `size`, also when the file has grown since. */
export function fileBlob(path: string, size: number): BlobSource {
  return {
    size,
    open: async () => {
      const handle = await open(path, "r");
      return {
        read: async (target, position) => {
          const length = Math.min(target.byteLength, size - position);
          // By descriptor: a FileHandle's own read costs a tenth of the rate of a large file.
          return length <= 0 ? 0 : readAt(handle.fd, { target, length, position });
        },
        close: () => handle.close(),
      };
    },
  };
}

function readAt(
  descriptor: number,
  { target, length, position }: { target: Uint8Array; length: number; position: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, target, 0, length, position, (error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

/**
 * The bytes `start` (inclusive) to `end` (exclusive) of `blob`, in pieces of at most `pieceBytes`.
 * Each piece is a fresh array.
 */
export async function* readBlob(
  blob: BlobSource,
  { start = 0, end = blob.size, pieceBytes = 256 * 1024 }: ReadBlobOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = await blob.open();
  try {
    for (let position = start; position < end;) {
      const piece = new Uint8Array(Math.min(pieceBytes, end - position));
      const count = await reader.read(piece, position);
      if (count === 0) throw new Error(`the blob ended at byte ${position}, before ${end}`);
      yield piece.subarray(0, count);
      position += count;
    }
  } finally {
    await reader.close();
  }
}

/** Which part {@link readBlob} reads. */
export interface ReadBlobOptions {
  readonly start?: number;
  readonly end?: number;
  readonly pieceBytes?: number;
}
