import type { ExpectedFile, FetchedUnit, FetchUnit } from "@mlx-download/xet";
import type { TransferContext } from "../transfer-context.ts";
import { asXetError } from "./xet-route.ts";

/**
 * Compares the hash over all chunks of a file, all of which were fetched, with the file's Xet hash. When it is another one,
 * the units that are not proved by their own xorb are asked for once more, at fresh addresses. Resolves to those that are
 * in doubt even then.
 */
export async function proveUnits(
  fetched: readonly FetchedUnit[],
  file: ExpectedFile,
  io: {
    readonly context: TransferContext;
    readonly path: string;
    /** Finds another address for the unit. */
    readonly replace: (unit: FetchUnit) => Promise<void>;
    readonly read: (unit: FetchUnit) => Promise<FetchedUnit>;
  },
): Promise<{ readonly doubtful: readonly FetchUnit[] }> {
  if (await isProved(fetched, file)) return { doubtful: [] };
  const { context, path, replace, read } = io;
  const again: FetchedUnit[] = [];
  for (const one of fetched) {
    const { unit, result } = one;
    if (result.verified) {
      again.push(one);
      continue;
    }
    await replace(unit);
    const second = await read(unit);
    again.push(second);
    if (!Buffer.from(second.result.hashes).equals(result.hashes)) {
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
  }
  if (await isProved(again, file)) return { doubtful: [] };
  return { doubtful: again.filter(({ result }) => !result.verified).map(({ unit }) => unit) };
}

async function isProved(fetched: readonly FetchedUnit[], file: ExpectedFile): Promise<boolean> {
  const { proveFile } = await import("@mlx-download/xet");
  try {
    proveFile(fetched, file);
    return true;
  } catch (error) {
    if (asXetError(error)?.code !== "xet/hash-mismatch") throw error;
    return false;
  }
}
