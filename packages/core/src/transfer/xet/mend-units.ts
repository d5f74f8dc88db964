import { read as readDescriptor } from "node:fs";
import { promisify } from "node:util";
import type { ExpectedFile, FetchedUnit, FetchUnit } from "@mlx-download/xet";
import type { ByteRange } from "../disk/ranges.ts";
import type { TransferContext } from "../transfer-context.ts";
import { asXetError } from "./xet-route.ts";

/** The outcome of asking again. */
export interface Mended {
  /** Whether bytes of the partial were replaced. */
  readonly rewrote: boolean;
  /** Where bytes may still be wrong. */
  readonly doubtful: readonly ByteRange[];
}

/**
 * Finds the wrong units of a file whose SHA-256 is wrong, by the hashes of their chunks, and asks for them once more at
 * fresh addresses. A unit that is its whole xorb tells by itself. Of the others all are asked for that the hash over all
 * chunks can be wrong for, when no other bytes are in the file.
 */
export async function mendUnits(
  fetched: readonly FetchedUnit[],
  io: {
    readonly context: TransferContext;
    readonly path: string;
    readonly file: ExpectedFile;
    /** Whether these units brought every byte of the file. */
    readonly whole: boolean;
    /** The file that they were written to. */
    readonly descriptor: number;
    /** Finds another address for the unit. */
    readonly replace: (unit: FetchUnit) => Promise<void>;
    readonly read: (unit: FetchUnit) => Promise<FetchedUnit>;
  },
): Promise<Mended> {
  const { context, path, file, whole, descriptor, replace, read } = io;
  const { hashUnits, proveFile, unitOutputs } = await import("@mlx-download/xet");
  const isProved = (units: readonly FetchedUnit[]): boolean => {
    if (!whole) return false;
    try {
      proveFile(units, file);
      return true;
    } catch (error) {
      if (asXetError(error)?.code !== "xet/hash-mismatch") throw error;
      return false;
    }
  };
  const hashed = (units: readonly FetchedUnit[]): Promise<readonly FetchedUnit[]> =>
    hashUnits(units, (position, length) => readAt(descriptor, position, length));
  const before = await hashed(fetched);
  // The listing itself contradicts: these are the chunks of the file that it names, with another SHA-256.
  if (isProved(before)) return { rewrote: false, doubtful: [] };
  const suspects = before.filter(
    ({ unit, result }) =>
      !result.verified && (whole || (unit.chunks.start === 0 && unit.bytes.start === 0)),
  );
  const after: FetchedUnit[] = before.filter((one) => !suspects.includes(one));
  for (const { unit, result } of suspects) {
    await replace(unit);
    const [second] = (await hashed([await read(unit)])) as [FetchedUnit];
    after.push(second);
    if (Buffer.from(second.result.hashes).equals(result.hashes)) continue;
    const { host } = new URL(unit.url);
    const { start, end } = unit.chunks;
    context.emit({
      type: "retry",
      path,
      attempt: 1,
      delayMs: 0,
      code: "xet/hash-mismatch",
      message: `${host} sent wrong bytes of xorb ${unit.xorb}, chunks ${start} to ${end - 1}. They were fetched again`,
    });
  }
  const open = isProved(after) ? [] : after.filter(({ result }) => !result.verified);
  return {
    rewrote: suspects.length > 0,
    doubtful: open.flatMap(({ unit }) => unitOutputs(unit)),
  };
}

const readBytes = promisify(readDescriptor);

async function readAt(descriptor: number, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await readBytes(descriptor, bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
