import { isSlice, type BlobSlice, type HubAnswer } from "../http/answer.ts";
import { parseRange } from "../http/range.ts";
import { CHALLENGE, TOKEN_REFUSALS } from "../http/refusal.ts";
import type { FaultEffect } from "./fault.ts";

const LOGIN_PAGE =
  "<!doctype html><html><head><title>Sign in</title></head><body>Sign in to use this network.</body></html>";
const DENIED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

const RATE_LIMITED =
  "We had to rate limit your IP (203.0.113.7). To continue using our service, create a HF account or login to your existing account, and make sure you pass a HF_TOKEN if you're using the API.";

/** The input of a changed answer. */
export interface AnswerContext {
  /** The URL that was asked for. */
  readonly url: URL;
  readonly range: string | undefined;
  readonly elsewhereUrl: string;
}

/** The answer as the fault leaves it. Faults of the connection (cut, stall, slow …) change nothing here. */
export function changeAnswer(
  answer: HubAnswer,
  fault: FaultEffect,
  context: AnswerContext,
): HubAnswer {
  const { body } = answer;
  const headers = new Headers(answer.headers);
  switch (fault.kind) {
    case "status": {
      const { status, retryAfter, rateLimit, body: text } = fault;
      headers.delete("x-repo-commit");
      if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
      if (rateLimit) {
        headers.set("ratelimit", `${bucketOf(headers)};r=${rateLimit.r};t=${rateLimit.t}`);
      }
      setAll(headers, fault.headers ?? {});
      return replaced(status, headers, text ?? JSON.stringify({ error: `status ${status}` }));
    }
    case "expiredSignature":
      headers.set("content-type", "application/xml");
      return replaced(403, headers, DENIED);
    case "signatureRefused":
      headers.set("content-type", "text/plain");
      return replaced(403, headers, "SignatureError: invalid key pair id");
    case "tokenRevoked": {
      const message = TOKEN_REFUSALS[fault.refusal ?? "unknown"];
      headers.set("x-error-message", message);
      headers.set("content-type", "application/json; charset=utf-8");
      headers.delete("x-error-code");
      setAll(headers, CHALLENGE);
      return replaced(401, headers, JSON.stringify({ error: message }));
    }
    case "rateLimited": {
      const bucket = bucketOf(headers);
      headers.set("ratelimit", `${bucket};r=0;t=${fault.resetSeconds ?? 52}`);
      headers.set("content-type", "text/plain; charset=utf-8");
      for (const name of ["x-repo-commit", "location"]) headers.delete(name);
      return replaced(429, headers, RATE_LIMITED);
    }
    case "loginPage":
      headers.set("content-type", "text/html; charset=utf-8");
      headers.delete("location");
      return replaced(200, headers, LOGIN_PAGE);
    case "redirectLoop":
      headers.set("location", context.url.href);
      return replaced(302, headers, "Found");
    case "redirectElsewhere": {
      const target = new URL(headers.get("location") ?? context.url, context.url);
      headers.set("location", context.elsewhereUrl + target.pathname + target.search);
      return replaced(answer.status >= 300 ? answer.status : 302, headers, "Found");
    }
    case "dropHeaders":
      for (const name of fault.names) headers.delete(name);
      return { ...answer, headers };
    case "setHeaders":
      setAll(headers, fault.headers);
      return { ...answer, headers };
    case "weakEtag": {
      const etag = headers.get("etag");
      if (etag && !etag.startsWith("W/")) headers.set("etag", `W/${etag}`);
      return { ...answer, headers };
    }
    case "changedEtag":
      headers.set("etag", `"${"c0ffee".repeat(10)}abcd"`);
      return { ...answer, headers };
    case "truncatedJson":
      return body instanceof Uint8Array
        ? withBody(answer, headers, body.subarray(0, Math.floor(body.byteLength / 2)))
        : answer;
    case "short":
      return shortened(answer, headers, fault.missingBytes);
    case "chunkedEarlyEnd":
    case "withoutLength":
      headers.delete("content-length");
      return { ...answer, headers };
    default:
      return isSlice(body) ? changeRange(answer, body, fault, context) : answer;
  }
}

function changeRange(
  answer: HubAnswer,
  { blob, start, end }: BlobSlice,
  fault: FaultEffect,
  { range }: AnswerContext,
): HubAnswer {
  const headers = new Headers(answer.headers);
  switch (fault.kind) {
    case "ignoreRange":
      headers.delete("content-range");
      return partOf({ blob, start: 0, end: blob.size }, 200, headers);
    case "rangeAs200":
      headers.delete("content-range");
      return { ...answer, status: 200, headers };
    case "wrongContentRange":
      if (answer.status !== 206) return answer;
      headers.set("content-range", `bytes ${start + 1}-${end}/${blob.size}`);
      return { ...answer, headers };
    case "ifRangeIgnored": {
      const asked = parseRange(range, blob.size);
      if (asked.kind !== "part") return answer;
      headers.set("content-range", `bytes ${asked.start}-${asked.end - 1}/${blob.size}`);
      return partOf({ blob, start: asked.start, end: asked.end }, 206, headers);
    }
    case "rangeRefused":
      headers.set("content-range", `bytes */${blob.size}`);
      return replaced(416, headers, "");
    default:
      return answer;
  }
}

function shortened(answer: HubAnswer, headers: Headers, missingBytes: number): HubAnswer {
  const { body } = answer;
  if (body === undefined) return answer;
  if (!isSlice(body)) {
    return withBody(answer, headers, body.subarray(0, Math.max(0, body.byteLength - missingBytes)));
  }
  const end = Math.max(body.start, body.end - missingBytes);
  if (answer.status === 206) {
    headers.set("content-range", `bytes ${body.start}-${end - 1}/${body.blob.size}`);
  }
  return partOf({ ...body, end }, answer.status, headers);
}

/** An answer with another body, and the length that goes with it. */
export function withBody(
  answer: HubAnswer,
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
): HubAnswer {
  headers.set("content-length", String(body.byteLength));
  return { ...answer, headers, body };
}

function partOf(body: BlobSlice, status: number, headers: Headers): HubAnswer {
  headers.set("content-length", String(body.end - body.start));
  return { status, headers, body };
}

function replaced(status: number, headers: Headers, text: string): HubAnswer {
  for (const name of ["etag", "accept-ranges", "content-encoding"]) headers.delete(name);
  if (status !== 416) headers.delete("content-range");
  return withBody({ status, headers, body: undefined }, headers, new TextEncoder().encode(text));
}

/** The quota that a request counts against, with its quotes. */
function bucketOf(headers: Headers): string {
  return /^"\w+"/.exec(headers.get("ratelimit") ?? "")?.[0] ?? '"api"';
}

function setAll(headers: Headers, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) headers.set(name, value);
}
