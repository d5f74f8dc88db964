import { open, readFile } from "node:fs/promises";
import {
  createXetClient,
  createXetTokens,
  type DecodeThreads,
  type FetchedUnit,
  type FetchUnit,
  planUnits,
  proveFile,
  type UnitResult,
  type XetClient,
  type XetFile,
} from "../src/index.ts";

/** A client of the storage at `url`, which also gives the tokens here. */
export function clientOf(url: string): XetClient {
  const where = { endpoint: url, repoId: "org/model", revision: "main" };
  const tokens = createXetTokens({ ...where, token: "hf_test", fetch });
  return createXetClient({ tokens, fetch });
}

/** Brings one unit in one request, in pieces as they come. */
export async function fetchUnit(
  unit: FetchUnit,
  io: { readonly threads: DecodeThreads; readonly descriptor: number },
): Promise<UnitResult> {
  const sink = await io.threads.open(unit, { descriptor: io.descriptor });
  try {
    const range = `bytes=${unit.bytes.start}-${unit.bytes.end - 1}`;
    const response = await fetch(unit.url, { headers: { range } });
    if (response.status !== 206) throw new Error(`status ${response.status}`);
    for await (const piece of response.body ?? []) {
      for (let rest = piece as Uint8Array; rest.byteLength > 0;) {
        const room = sink.space();
        const part = rest.subarray(0, room.byteLength);
        room.set(part);
        await sink.filled(part.byteLength);
        rest = rest.subarray(part.byteLength);
      }
    }
    return await sink.finish();
  } finally {
    await sink.close();
  }
}

/** What came of a download. */
export interface Downloaded {
  readonly content: Uint8Array;
  readonly units: readonly FetchedUnit[];
}

/** Downloads a file to `path` and proves it: what a transfer does, with all requests at once. */
export async function downloadFile(
  file: XetFile,
  io: {
    readonly url: string;
    readonly threads: DecodeThreads;
    readonly path: string;
    readonly partBytes?: number;
  },
): Promise<Downloaded> {
  const options = io.partBytes === undefined ? {} : { partBytes: io.partBytes };
  const parts = await clientOf(io.url).reconstruct(file, options);
  const target = await open(io.path, "w+");
  try {
    const { fd: descriptor } = target;
    const fetched = await Promise.all(
      planUnits(parts).map(async (unit) => {
        return { unit, result: await fetchUnit(unit, { threads: io.threads, descriptor }) };
      }),
    );
    proveFile(fetched, file);
    return { content: await readFile(io.path), units: fetched };
  } finally {
    await target.close();
  }
}
