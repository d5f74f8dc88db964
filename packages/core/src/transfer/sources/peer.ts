import { forEachInLanes } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../../contract/errors.ts";
import { pour } from "../../http/byte-sink.ts";
import type { Transport, TransportResponse } from "../../http/transport.ts";
import { answerError } from "./answer-error.ts";
import { isEncoded, judgeAnswer } from "./judge-answer.ts";
import { type BlobRequest, SegmentError, type Source } from "./source.ts";

const LOOKUP_MS = 2_000;
// A peer that sleeps or left the network sends no word of it. Another source is at hand, so that patience costs more.
const HEADERS_MS = 2_000;
const SILENCE_MS = 2_000;
const LOOKUPS_AT_ONCE = 8;

/** One machine that offers blobs by digest. */
export interface Peer extends Source {
  offers(blob: BlobRequest): boolean;
  /** No connection came about. */
  isGone(): boolean;
  /** Resolves with whether it has any of the blobs. */
  lookUp(blobs: readonly BlobRequest[], signal: AbortSignal): Promise<boolean>;
}

/** The peer at an address. It offers nothing before it was asked. */
export function createPeer(address: string, transport: Transport): Peer {
  const base = new URL(address);
  const name = `peer ${base.host}`;
  const offered = new Set<string>();
  let isGone = false;
  const urlOf = ({ digest }: BlobRequest): URL => {
    const path = base.pathname.replace(/\/$/, "");
    return new URL(`${path}/.mlx-download/blobs/sha256/${digest.hex}`, base);
  };

  const lookUpOne = async (blob: BlobRequest, signal: AbortSignal): Promise<void> => {
    const init = { method: "HEAD", signal, headersTimeoutMs: LOOKUP_MS } as const;
    try {
      const response = await transport.request(urlOf(blob), init);
      response.discard();
      const isIt =
        response.status === 200 && response.headers.get("content-length") === String(blob.size);
      if (isIt) offered.add(blob.digest.hex);
    } catch {
      isGone = true;
    }
  };

  const read: Source["read"] = async (blob, wanted, { sink, signal, onWire }) => {
    let response: TransportResponse | undefined;
    try {
      const url = urlOf(blob);
      response = await transport.request(url, {
        headers: {
          range: `bytes=${wanted.start}-${wanted.end - 1}`,
          "accept-encoding": "identity",
        },
        signal,
        headersTimeoutMs: HEADERS_MS,
        bodyTimeoutMs: SILENCE_MS,
      });
      const answer = { response, url, hops: [], authorized: false };
      const { status } = response;
      if ((status !== 200 && status !== 206) || isEncoded(response.headers)) {
        offered.delete(blob.digest.hex);
        const why = `answered ${status} for a blob that it had offered`;
        throw answerError(answer, blob, { kind: "transient", why });
      }
      const judged = judgeAnswer(response, { size: blob.size, wanted, asked: wanted });
      if (judged.kind !== "bytes") {
        offered.delete(blob.digest.hex);
        const why = "why" in judged ? judged.why : "ignores ranges";
        throw answerError(answer, blob, { kind: "wrong-answer", why });
      }
      let left = wanted.end - wanted.start;
      for await (const chunk of response.body) {
        onWire(chunk.byteLength);
        const useful = chunk.subarray(0, left);
        left -= useful.byteLength;
        await pour(useful, sink);
        if (left === 0) break;
      }
      if (left > 0) throw answerError(answer, blob, { kind: "short", why: "ended too early" });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ModelDownloadError) {
        // A connection that is refused: the peer has left. It is asked again after a while.
        isGone ||= error.code === "hub/unreachable";
        throw new SegmentError(error.message, "transient", { cause: error });
      }
      throw error;
    } finally {
      response?.discard();
    }
  };

  return {
    name,
    read,
    offers: ({ digest }) => !isGone && offered.has(digest.hex),
    isGone: () => isGone,
    async lookUp(blobs, signal) {
      isGone = false;
      const lookUp = async (blob: (typeof blobs)[number]): Promise<void> => {
        if (!isGone && !signal.aborted) await lookUpOne(blob, signal);
      };
      await forEachInLanes(blobs, lookUp, { atOnce: LOOKUPS_AT_ONCE });
      return !isGone && blobs.some(({ digest }) => offered.has(digest.hex));
    },
  };
}
