import { open } from "node:fs/promises";
import { pour } from "../../http/byte-sink.ts";
import type { Source } from "./source.ts";

const PIECE_BYTES = 1 << 20;

/** A file on this disk that should have the bytes of a blob, as a source of it. Throws the system's errors. */
export function createFileSource(path: string): Source {
  return {
    name: path,
    async read(_blob, { start, end }, { sink, signal }) {
      const file = await open(path, "r");
      try {
        for (let at = start; at < end;) {
          signal.throwIfAborted();
          const piece = Buffer.alloc(Math.min(PIECE_BYTES, end - at));
          const { bytesRead } = await file.read(piece, 0, piece.byteLength, at);
          if (bytesRead === 0) throw new Error(`${path} ended at byte ${at}`);
          await pour(piece.subarray(0, bytesRead), sink);
          at += bytesRead;
        }
      } finally {
        await file.close();
      }
    },
  };
}
