import { ModelDownloadError } from "../errors.ts";
import { decodedBody } from "../http/decoded-body.ts";
import { type FollowedResponse, requestFollowing } from "../http/follow.ts";
import { isRetryableStatus, MAX_WAIT_MS, serverDelayMs } from "../http/retry.ts";
import type { HubClient } from "../hub/client.ts";
import type { Snapshot } from "../snapshot.ts";
import { isEncoded, judgeAnswer } from "./judge-answer.ts";
import type { ByteRange } from "./ranges.ts";
import { type BlobRequest, SegmentError, type SegmentFailure, type Source } from "./source.ts";

/** Nothing for so long, and the segment is asked for anew, in ms. */
export const IDLE_MS: number = 15_000;

/** What is known of a file's server: filled by its first answer, shared by all its segments. */
interface Route {
  /** Settled when the first answer is in: until then one request finds the way for all. */
  found: Promise<void> | undefined;
  /** Where the redirects ended, on another host; its signature ages. */
  location: URL | undefined;
  ignoresRanges: boolean;
}

/** The Hub at the client's endpoint, and whatever storage it redirects to, as a source of the snapshot's blobs. */
export function createHttpSource(
  client: HubClient,
  snapshot: Pick<Snapshot, "repoId" | "commit">,
): Source {
  const { repoId, commit } = snapshot;
  const endpoint = new URL(client.settings.endpoint);
  const routes = new Map<string, Route>();
  const routeOf = (path: string): Route => {
    let route = routes.get(path);
    if (route === undefined) {
      route = { found: undefined, location: undefined, ignoresRanges: false };
      routes.set(path, route);
    }
    return route;
  };

  /** Asks for a range and returns the answer worth reading; throws what else it may be. */
  const ask = async (
    blob: BlobRequest,
    asked: ByteRange | undefined,
    signal: AbortSignal,
  ): Promise<FollowedResponse> => {
    const route = routeOf(blob.path);
    for (;;) {
      const known = route.location;
      const url =
        known ?? client.url([...repoId.split("/"), "resolve", commit, ...blob.path.split("/")]);
      const answer = await requestFollowing(client.transport, url, {
        headers: {
          ...client.downloadHeaders,
          ...(asked && { range: `bytes=${asked.start}-${asked.end - 1}` }),
        },
        authorization: client.authorization,
        signal,
        headersTimeoutMs: IDLE_MS,
        bodyTimeoutMs: IDLE_MS,
      });
      const { status } = answer.response;
      if (status === 200 || status === 206 || status === 416) {
        route.location = answer.url.origin === endpoint.origin ? undefined : answer.url;
        return answer;
      }
      if (known === undefined || isRetryableStatus(status)) throw await refusal(answer, blob);
      // A signed address that aged: resolve it anew, once; whoever comes next uses the new one.
      answer.response.discard();
      if (route.location === known) route.location = undefined;
    }
  };

  /** The error of an answer that brings no bytes: final when the Hub itself says so, else worth another try. */
  const refusal = async (answer: FollowedResponse, blob: BlobRequest): Promise<Error> => {
    const { response, url } = answer;
    const question = { kind: "file", repoId, revision: commit, path: blob.path } as const;
    const error = await client.failure(answer, question);
    const waitMs = serverDelayMs({ status: response.status, headers: response.headers });
    if (waitMs !== undefined && waitMs > MAX_WAIT_MS) return error;
    const fromHub = url.origin === endpoint.origin;
    if (fromHub && !isRetryableStatus(response.status)) return error;
    return new SegmentError(error.message, "transient", { cause: error, retryAfterMs: waitMs });
  };

  const fail = (
    blob: BlobRequest,
    answer: FollowedResponse,
    failure: { readonly kind: SegmentFailure; readonly why: string },
  ): SegmentError => {
    answer.response.discard();
    const { host } = answer.url;
    const cause = new ModelDownloadError(
      `${host} ${failure.why} (${blob.path} of ${repoId})`,
      "transfer/size-mismatch",
      {
        hint: "Nothing was published. Try again later or with another endpoint: this one, or a proxy on the way, cuts or changes files.",
        repoId,
        data: { path: blob.path, host, size: blob.size },
      },
    );
    return new SegmentError(cause.message, failure.kind, { cause });
  };

  const read: Source["read"] = async (blob, wanted, { sink, signal, onWire }) => {
    const route = routeOf(blob.path);
    // One request finds the way (redirects, signature, ranges or not); the others wait for what it learned.
    await route.found;
    let learned = (): void => undefined;
    route.found ??= new Promise((resolve) => (learned = resolve));
    try {
      const whole = wanted.start === 0 && wanted.end === blob.size;
      const asked = whole || route.ignoresRanges ? undefined : wanted;
      const answer = await ask(blob, asked, signal);
      const { response } = answer;
      const judged = judgeAnswer(response, { size: blob.size, wanted, asked });
      if (judged.kind === "ranges-ignored") {
        route.ignoresRanges = true;
        throw fail(blob, answer, { kind: judged.kind, why: "ignores ranges" });
      }
      if (judged.kind !== "bytes") throw fail(blob, answer, judged);
      if (isEncoded(response.headers) && response.status === 206) {
        throw fail(blob, answer, { kind: "wrong-answer", why: "compressed a part of a file" });
      }
      if (isWebPage(answer, blob)) throw captivePortal(answer, blob);
      learned();

      let skip = judged.skip;
      let left = wanted.end - wanted.start;
      try {
        for await (const chunk of decodedBody(response)) {
          onWire(chunk.byteLength);
          const useful = chunk.subarray(Math.min(skip, chunk.byteLength)).subarray(0, left);
          skip = Math.max(0, skip - chunk.byteLength);
          left -= useful.byteLength;
          if (useful.byteLength > 0) await sink(useful);
          if (left === 0) break;
        }
      } finally {
        response.discard();
      }
      if (left > 0) {
        const got = wanted.end - wanted.start - left;
        throw fail(blob, answer, {
          kind: "short",
          why: `ended after ${got} of ${wanted.end - wanted.start} bytes`,
        });
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ModelDownloadError && TRANSIENT.has(error.code)) {
        throw new SegmentError(error.message, "transient", { cause: error });
      }
      throw error;
    } finally {
      learned();
    }
  };

  const isWebPage = ({ response }: FollowedResponse, blob: BlobRequest): boolean =>
    /^text\/html\b/i.test(response.headers.get("content-type") ?? "") &&
    !/\.html?$/i.test(blob.path);

  const captivePortal = (answer: FollowedResponse, blob: BlobRequest): SegmentError => {
    answer.response.discard();
    const cause = new ModelDownloadError(
      `${answer.url.host} sent a web page instead of ${blob.path}`,
      "hub/bad-response",
      {
        hint: "Open a page in the browser: a login of the network (captive portal) or a proxy may answer in the Hub's place.",
        repoId,
        data: { path: blob.path, host: answer.url.host },
      },
    );
    return new SegmentError(cause.message, "wrong-answer", { cause });
  };

  return { name: endpoint.host, read };
}

const TRANSIENT: ReadonlySet<string> = new Set([
  "hub/unreachable",
  "transfer/stalled",
  "transfer/interrupted",
]);
