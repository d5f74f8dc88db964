import { ModelDownloadError } from "../../contract/errors.ts";
import { pour } from "../../http/byte-sink.ts";
import { storageHint } from "../../http/connect-hint.ts";
import { decodedBody } from "../../http/decoded-body.ts";
import type { SentResponse } from "../../hub/token-sender.ts";
import { isRetryableStatus, MAX_WAIT_MS, serverDelayMs } from "../../http/retry.ts";
import type { ResponseHeaders } from "../../http/transport.ts";
import type { HubClient } from "../../hub/hub-client.ts";
import { repoSegments } from "../../hub/repo-segments.ts";
import type { Snapshot } from "../../contract/snapshot.ts";
import { answerError, noBytes, webPageError } from "./answer-error.ts";
import { isEncoded, judgeAnswer } from "./judge-answer.ts";
import type { ByteRange } from "../disk/ranges.ts";
import { type BlobRequest, SegmentError, type Source } from "./source.ts";

/** 203 is the 200 of a proxy that looked at the body or changed it. Every byte is verified either way. */
const USABLE: ReadonlySet<number> = new Set([200, 203, 206, 416]);

const TRANSIENT: ReadonlySet<string> = new Set([
  "hub/unreachable",
  "transfer/stalled",
  "transfer/interrupted",
]);

/** The facts about a file's server, filled by its first answer and shared by all its segments. */
interface Route {
  /** Settled when the first answer is in: until then one request finds the way for all. */
  found: Promise<void> | undefined;
  /** The address after the redirects, on another host. Its signature expires. */
  location: URL | undefined;
  ignoresRanges: boolean;
}

/** The Hub at the client's endpoint, and the storage that it redirects to, as a source of the snapshot's blobs. */
export function createHttpSource(
  client: HubClient,
  snapshot: Pick<Snapshot, "repoId" | "repoType" | "commit">,
): Source {
  const { repoId, commit } = snapshot;
  const endpoint = new URL(client.settings.endpoint);
  // After this time without bytes, the segment is requested again.
  const idleMs = client.settings.downloadTimeoutMs;
  const routes = new Map<string, Route>();
  const routeOf = (path: string): Route => {
    const route = routes.get(path) ?? {
      found: undefined,
      location: undefined,
      ignoresRanges: false,
    };
    routes.set(path, route);
    return route;
  };

  /** Asks for a range and returns a readable answer. Throws for any other answer. */
  const ask = async (
    blob: BlobRequest,
    asked: ByteRange | undefined,
    signal: AbortSignal,
  ): Promise<SentResponse> => {
    const route = routeOf(blob.path);
    for (;;) {
      const known = route.location;
      const segments = [...repoSegments(snapshot), "resolve", commit, ...blob.path.split("/")];
      const answer = await client.send(known ?? client.url(segments), {
        headers: {
          ...client.downloadHeaders,
          ...(asked && { range: `bytes=${asked.start}-${asked.end - 1}` }),
        },
        signal,
        headersTimeoutMs: idleMs,
        bodyTimeoutMs: idleMs,
      });
      const { status } = answer.response;
      if (USABLE.has(status)) {
        route.location = answer.url.origin === endpoint.origin ? undefined : answer.url;
        return answer;
      }
      if (known === undefined || isRetryableStatus(status)) throw await refusal(answer, blob);
      // A signed address that expired. It is resolved again, once, and later requests use the new one.
      answer.response.discard();
      if (route.location === known) route.location = undefined;
    }
  };

  /** The error of an answer that brings no bytes: final when the Hub itself says so, else worth another try. */
  const refusal = async (answer: SentResponse, blob: BlobRequest): Promise<Error> => {
    const { response, url } = answer;
    const question = { kind: "file", repoId, revision: commit, path: blob.path } as const;
    const error = await client.failure(answer, question);
    const waitMs = serverDelayMs({ status: response.status, headers: response.headers });
    if (waitMs !== undefined && waitMs > MAX_WAIT_MS) return error;
    const fromHub = url.origin === endpoint.origin;
    if (fromHub && !isRetryableStatus(response.status)) return error;
    return new SegmentError(error.message, "transient", { cause: error, retryAfterMs: waitMs });
  };

  /** An answer that was judged to bring the wanted bytes, and how many come before them. */
  const open = async (
    blob: BlobRequest,
    wanted: ByteRange,
    signal: AbortSignal,
  ): Promise<{ readonly answer: SentResponse; readonly skip: number }> => {
    const route = routeOf(blob.path);
    // One request finds the way (redirects, signature, ranges or not). The others wait for its result.
    await route.found;
    const { promise, resolve } = Promise.withResolvers<void>();
    route.found ??= promise;
    try {
      const whole = wanted.start === 0 && wanted.end === blob.size;
      const asked = whole || route.ignoresRanges ? undefined : wanted;
      const answer = await ask(blob, asked, signal);
      const { response } = answer;
      const judged = judgeAnswer(response, { size: blob.size, wanted, asked });
      // With just the length that is wanted it is the file, also with the one type that a careless server gives all files.
      const fits =
        (judged.kind === "bytes" || judged.kind === "ranges-ignored") &&
        isOfKnownLength(response.headers);
      const webPage = fits ? undefined : webPageError(answer, blob);
      if (webPage !== undefined) throw webPage;
      if (judged.kind === "ranges-ignored") {
        route.ignoresRanges = true;
        // One stream to the end is all that is left to ask of such a server, and this is it.
        if (wanted.end === blob.size) return { answer, skip: wanted.start };
        throw answerError(answer, blob, { kind: judged.kind, why: "ignores ranges" });
      }
      if (isEmpty(response.headers) && wanted.end > wanted.start) throw noBytes(answer, blob);
      if (judged.kind !== "bytes") throw answerError(answer, blob, judged);
      if (isEncoded(response.headers) && response.status === 206) {
        const why = "compressed a part of a file";
        throw answerError(answer, blob, { kind: "wrong-answer", why });
      }
      return { answer, skip: judged.skip };
    } finally {
      resolve();
    }
  };

  /** Advice about a file's server is about another variable, and another host, than the Hub's own. */
  const withFileAdvice = (error: ModelDownloadError): ModelDownloadError => {
    const { host, reason } = error.data;
    const isConnected = error.code !== "hub/unreachable" || reason === "tls" || reason === "proxy";
    const isOwn = host === endpoint.host;
    if (isConnected || typeof host !== "string" || (isOwn && reason !== "no-answer")) return error;
    const { message, code, data, cause } = error;
    const hint = storageHint(host, reason);
    return new ModelDownloadError(message, code, { hint, repoId, data, cause });
  };

  const read: Source["read"] = async (blob, wanted, { sink, signal, onWire }) => {
    try {
      const { answer, skip } = await open(blob, wanted, signal);
      const { response } = answer;
      const length = wanted.end - wanted.start;
      if (response.readInto && skip === 0 && isExactly(response.headers, length)) {
        await response.readInto({
          space: () => sink.space(),
          filled(bytes) {
            onWire(bytes);
            return sink.filled(bytes);
          },
        });
        return;
      }
      let before = skip;
      let left = length;
      try {
        for await (const chunk of decodedBody(response)) {
          onWire(chunk.byteLength);
          const useful = chunk.subarray(Math.min(before, chunk.byteLength)).subarray(0, left);
          before = Math.max(0, before - chunk.byteLength);
          left -= useful.byteLength;
          await pour(useful, sink);
          if (left === 0) break;
        }
      } catch (error) {
        if (error instanceof ModelDownloadError && error.code === "hub/bad-response") {
          throw new SegmentError(error.message, "wrong-answer", { cause: error });
        }
        throw error;
      } finally {
        response.discard();
      }
      if (left === length) throw noBytes(answer, blob);
      if (left > 0) {
        const why = `ended after ${length - left} of ${length} bytes`;
        throw answerError(answer, blob, { kind: "short", why });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ModelDownloadError && TRANSIENT.has(error.code)) {
        throw new SegmentError(error.message, "transient", { cause: withFileAdvice(error) });
      }
      throw error;
    }
  };

  return { name: `${endpoint.host}${endpoint.pathname.replace(/\/$/, "")}`, read };
}

const isEmpty = (headers: ResponseHeaders): boolean => headers.get("content-length") === "0";

function isOfKnownLength(headers: ResponseHeaders): boolean {
  return !isEncoded(headers) && headers.get("content-length") !== undefined;
}

/** Is the body just these bytes, as they are? */
function isExactly(headers: ResponseHeaders, length: number): boolean {
  return !isEncoded(headers) && headers.get("content-length") === String(length);
}
