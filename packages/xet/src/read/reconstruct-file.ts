import { XetError } from "../errors.ts";
import { EMPTY_FILE_HASH, parseXetHash } from "../format/hash.ts";
import { ask, type XetFetch } from "./ask.ts";
import {
  parseReconstruction,
  type Reconstruction,
  type ReconstructionQuery,
} from "./reconstruction.ts";
import type { Span } from "./span.ts";
import type { XetTokens } from "./xet-token.ts";

/** Asks the storage how files are put together. */
export interface XetClient {
  /**
   * How a file of `size` bytes is put together, or the part `wanted` of it, in parts of some GB: signed addresses live
   * for a short time only. Throws `xet/invalid-reconstruction` and the connection's errors. Never asks twice, except
   * once with a fresh token.
   */
  reconstruct(file: XetFile, options?: ReconstructOptions): Promise<readonly Reconstruction[]>;
}

/** A file as the tree lists it. */
export interface XetFile {
  readonly fileHash: string;
  readonly size: number;
}

/** The options of `reconstruct`. */
export interface ReconstructOptions {
  readonly wanted?: Span;
  /** Bytes of the file in one question. 8 GB when absent. */
  readonly partBytes?: number;
  readonly signal?: AbortSignal;
}

const PART_BYTES = 8_000_000_000;

/** A client over the tokens of one repo and revision. */
export function createXetClient({
  tokens,
  fetch,
}: {
  readonly tokens: XetTokens;
  readonly fetch: XetFetch;
}): XetClient {
  /** Storages that know only version 1, once that answered. */
  const old = new Set<string>();

  const question = async (
    version: 1 | 2,
    query: ReconstructionQuery,
    signal: AbortSignal | undefined,
  ): Promise<string> => {
    const { start, end } = query.wanted;
    let refused: Awaited<ReturnType<XetTokens["get"]>> | undefined;
    for (;;) {
      const token = await tokens.get({
        ...(refused !== undefined && { refused }),
        ...(signal !== undefined && { signal }),
      });
      const headers = {
        authorization: `Bearer ${token.accessToken}`,
        ...(end > start && { range: `bytes=${start}-${end - 1}` }),
      };
      const url = `${token.casUrl}/v${version}/reconstructions/${query.fileHash}`;
      try {
        return (await ask(fetch, { url, headers, phase: "reconstruction", signal })).text;
      } catch (error) {
        // Not 403: that is said of a token that is good, but not for this.
        if (statusOf(error) !== 401 || refused !== undefined) throw reword(error, query);
        refused = token;
      }
    }
  };

  const part = async (
    query: ReconstructionQuery,
    signal: AbortSignal | undefined,
  ): Promise<Reconstruction> => {
    const { casUrl } = await tokens.get({ ...(signal !== undefined && { signal }) });
    if (!old.has(casUrl)) {
      try {
        return parseReconstruction(parseJson(await question(2, query, signal), query), query);
      } catch (error) {
        const status = statusOf(error);
        if (status !== 404 && status !== 501) throw error;
      }
    }
    // A 404 can mean the file too: only an answer tells that the storage is an old one.
    const text = await question(1, query, signal);
    old.add(casUrl);
    return parseReconstruction(parseJson(text, query), query);
  };

  return {
    async reconstruct({ fileHash, size }, options = {}) {
      parseXetHash(fileHash);
      const { signal, partBytes = PART_BYTES } = options;
      const wanted = options.wanted ?? { start: 0, end: size };
      if (size === 0 || fileHash === EMPTY_FILE_HASH || wanted.start >= wanted.end) {
        return [{ wanted: { start: 0, end: 0 }, terms: [], ranges: [] }];
      }
      const parts: Reconstruction[] = [];
      for (let { start } = wanted; start < wanted.end; start += partBytes) {
        const end = Math.min(start + partBytes, wanted.end);
        const query = { fileHash: fileHash.toLowerCase(), size, wanted: { start, end } };
        parts.push(await part(query, signal));
      }
      return parts;
    },
  };
}

const statusOf = (error: unknown): unknown =>
  error instanceof XetError ? error.data["status"] : undefined;

/** A 416 for bytes that the file has: the storage has another file under this hash. */
function reword(error: unknown, { fileHash, size, wanted }: ReconstructionQuery): unknown {
  if (statusOf(error) !== 416) return error;
  return new XetError(
    `the Xet storage says that file ${fileHash} ends before byte ${wanted.start} of ${size}`,
    "xet/invalid-reconstruction",
    {
      hint: "Try again. If it stays so, fetch the file by the plain route.",
      data: { fileHash, fault: "416", start: wanted.start, end: wanted.end },
      cause: error,
    },
  );
}

function parseJson(text: string, { fileHash, wanted }: ReconstructionQuery): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new XetError(
      `the Xet storage's answer for file ${fileHash} is no JSON`,
      "xet/invalid-reconstruction",
      {
        hint: "Something else may have answered in its place: fetch the file by the plain route.",
        data: { fileHash, fault: "no JSON", start: wanted.start, end: wanted.end },
        cause: error,
      },
    );
  }
}
