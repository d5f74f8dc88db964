import { ModelDownloadError } from "../../contract/errors.ts";
import type { FollowedResponse } from "../../http/follow.ts";
import { type BlobRequest, SegmentError, type SegmentFailure } from "./source.ts";

/** The error of an answer other than the bytes asked for. Gives up its connection. `why` completes "the server …". */
export function answerError(
  answer: FollowedResponse,
  blob: BlobRequest,
  failure: { readonly kind: SegmentFailure; readonly why: string },
): SegmentError {
  answer.response.discard();
  const { host } = answer.url;
  const cause = new ModelDownloadError(
    `${host} ${failure.why} (${blob.path})`,
    "transfer/size-mismatch",
    {
      hint: "Nothing was published. Try again later or with another endpoint: this one, or a proxy on the way, cuts or changes files.",
      data: { path: blob.path, host, size: blob.size },
    },
  );
  return new SegmentError(cause.message, failure.kind, { cause });
}

/**
 * The error of a web page in a file's place (a captive portal, a proxy's message). Undefined when the answer is no web
 * page.
 */
export function webPageError(
  answer: FollowedResponse,
  blob: BlobRequest,
): SegmentError | undefined {
  const type = answer.response.headers.get("content-type") ?? "";
  if (!/^text\/html\b/i.test(type) || /\.html?$/i.test(blob.path)) return undefined;
  answer.response.discard();
  const cause = new ModelDownloadError(
    `${answer.url.host} sent a web page instead of ${blob.path}`,
    "hub/bad-response",
    {
      hint: "Open a page in the browser: a login of the network (captive portal) or a proxy may answer in the Hub's place.",
      data: { path: blob.path, host: answer.url.host },
    },
  );
  return new SegmentError(cause.message, "wrong-answer", { cause });
}

/**
 * The error of a right head with no byte behind it: the edge of a CDN that is ill (recorded in August 2026), not a file
 * of another size. Another try, or another edge, may have them.
 */
export function noBytes(answer: FollowedResponse, blob: BlobRequest): SegmentError {
  answer.response.discard();
  const { host } = answer.url;
  const cause = new ModelDownloadError(
    `${host} answered and sent no byte of ${blob.path}`,
    "transfer/interrupted",
    {
      hint: "Run the same command again later: it continues where it stopped. Another network or `endpoint` may lead to other storage.",
      data: { path: blob.path, host },
    },
  );
  return new SegmentError(cause.message, "transient", { cause });
}
