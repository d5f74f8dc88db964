import { ModelDownloadError, type ErrorCode } from "../contract/errors.ts";
import { readBody } from "../http/read-body.ts";
import { redactServerText, redactText, redactUrl } from "../http/redact.ts";
import { isRetryableStatus, serverDelayMs } from "../http/retry.ts";
import type { ResponseHeaders, TransportResponse } from "../http/transport.ts";
import { gatedVerdict } from "./gated.ts";
import { type RefusedToken, refusedVerdict } from "./refused-token.ts";
import { isObject, stringField } from "./json-value.ts";
import type { Question } from "./question.ts";
import { middleAnswer } from "./middle-answer.ts";
import { clockTime } from "./server-wait.ts";
import { storageMessage, storageRefusal } from "./storage-refusal.ts";

/** The endpoint and the question, for message and hint. */
export interface ErrorContext {
  readonly endpoint: string;
  /** Where the answer came from in the end. */
  readonly url: URL;
  /** The origin of the token that was sent. Undefined when none was sent. */
  readonly tokenSource?: string | undefined;
  /** The name of that token's account, where it was asked for. */
  readonly account?: string | undefined;
  /** The token that the Hub refused before it was asked without one. */
  readonly refused?: RefusedToken | undefined;
}

/** An error answer with the start of its body. */
interface Failed extends ErrorContext {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
}

/** One kind of failure: its code, message and next step. */
interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly data?: object;
}

/**
 * The coded error for an error answer: told by `X-Error-Code`, then `X-Error-Message`, then the status and the question
 * (mirrors send no codes). `data`: `status`, `errorCode`, `url` (redacted), `requestId`, `serverMessage`, and the
 * question's `revision` and `path`. `hub/rate-limited` has `retryAfterMs` (null when the server does not say).
 */
export async function responseError(
  response: TransportResponse,
  question: Question,
  context: ErrorContext,
): Promise<ModelDownloadError> {
  const { status, headers } = response;
  const failed: Failed = { ...context, status, headers, body: await startOfBody(response) };
  const ofToken = byToken(failed, question);
  // The Hub's answer to the token is more specific than its answer without one.
  const serverText = (ofToken && failed.refused?.serverText) ?? serverMessage(failed);
  const verdict =
    ofToken ??
    byCode(failed, question) ??
    middleAnswer({
      ...failed,
      type: headers.get("content-type") ?? "",
      isHubs: (headers.get("x-error-code") ?? headers.get("x-error-message")) !== undefined,
    }) ??
    storageRefusal(failed, question) ??
    byStatus(failed, question);
  const quoted = serverText === undefined ? "" : ` (${serverText})`;
  return new ModelDownloadError(`${verdict.message}${quoted}`, verdict.code, {
    hint: verdict.hint,
    repoId: question.repoId,
    data: {
      status,
      errorCode: errorCode(headers),
      url: redactUrl(context.url),
      requestId: requestId(headers),
      serverMessage: serverText,
      revision: question.revision,
      path: question.path,
      ...verdict.data,
    },
  });
}

/** The sentence of an error answer, from its headers or the start of its body. Undefined when it has none. */
export async function answerText(response: TransportResponse): Promise<string | undefined> {
  return serverMessage({ headers: response.headers, body: await startOfBody(response) });
}

const MAX_BODY = 64 * 1024;
/** An error's code and status are in its headers already. Its text is not worth a longer wait. */
const BODY_TIMEOUT_MS = 2000;

async function startOfBody(response: TransportResponse): Promise<string> {
  const enough = AbortSignal.timeout(BODY_TIMEOUT_MS);
  const late = new Promise<undefined>((resolve) => {
    enough.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const body = await Promise.race([readBody(response, MAX_BODY).catch(() => undefined), late]);
  if (body === undefined) response.discard();
  return body?.toString("utf8") ?? "";
}

function errorCode(headers: ResponseHeaders): string | undefined {
  const code = headers.get("x-error-code")?.trim();
  return code ? redactText(code, 64) : undefined;
}

function requestId(headers: ResponseHeaders): string | undefined {
  const id =
    headers.get("x-request-id") ?? headers.get("x-amzn-trace-id") ?? headers.get("x-amz-cf-id");
  return id === undefined ? undefined : redactText(id, 200);
}

/** `X-Error-Message`, else the JSON body's `error`, `errors[0].message` or `message`, else a short plain-text body. */
function serverMessage({ headers, body }: Pick<Failed, "headers" | "body">): string | undefined {
  const header = headers.get("x-error-message");
  if (header?.trim()) return redactServerText(header);
  const type = headers.get("content-type") ?? "";
  if (type.includes("html") || /^\s*</.test(body)) return storageMessage(body);
  let text: string | undefined = body;
  try {
    const json: unknown = JSON.parse(body);
    const first: unknown =
      isObject(json) && Array.isArray(json["errors"]) ? json["errors"][0] : undefined;
    text =
      stringField(json, "error") ?? stringField(first, "message") ?? stringField(json, "message");
  } catch {
    // plain text
  }
  return text?.trim() ? redactServerText(text) : undefined;
}

const name = (question: Question): string => question.repoId ?? "the repo";

/** The error for a request that the Hub refuses without a valid token. Undefined for all other answers. */
function byToken(failed: Failed, question: Question): Verdict | undefined {
  const { status, endpoint, tokenSource } = failed;
  const code = errorCode(failed.headers);
  const own = URL.parse(endpoint)?.origin === failed.url.origin;
  if (!own || (status !== 401 && status !== 403)) return undefined;
  // A Hub that accepts the token answers 404 for a missing repo or file. 401 without a code is about the token.
  const refused =
    failed.refused ??
    (status === 401 && code === undefined && tokenSource !== undefined
      ? { endpoint, source: tokenSource, serverText: serverMessage(failed) }
      : undefined);
  if (refused === undefined) return undefined;
  const isGated = code === "GatedRepo";
  return refusedVerdict(refused, { repoId: question.repoId, isGated, isHub: isHub(endpoint) });
}

function byCode(failed: Failed, question: Question): Verdict | undefined {
  switch (errorCode(failed.headers)) {
    case "RepoNotFound":
      return question.kind === "list" ? listRefused(failed) : repoNotFound(question, failed);
    case "RevisionNotFound":
      return revisionNotFound(question, failed);
    case "EntryNotFound":
      return entryNotFound(question, failed);
    case "GatedRepo":
      return gated(question, failed);
    default:
  }
  const message = failed.headers.get("x-error-message")?.trim() ?? "";
  if (message === "Access to this resource is disabled.") {
    return {
      code: "hub/disabled",
      message: `${name(question)} is disabled on the Hub`,
      hint: "Its owner or the Hub took it down. Choose another repo.",
    };
  }
  return undefined;
}

function byStatus(failed: Failed, question: Question): Verdict {
  const { status } = failed;
  const host = failed.url.host;
  if (status === 401) {
    if (question.kind === "list") return listRefused(failed);
    return repoNotFound(question, failed);
  }
  if (status === 403) return forbidden(failed, question);
  if (status === 404 || status === 410) return notFound(failed, question);
  if (status === 429) return rateLimited(failed);
  if (isRetryableStatus(status) || (status >= 500 && status !== 501 && status !== 505)) {
    return {
      code: "hub/unavailable",
      message: `${host} answered ${status}: it cannot serve this now`,
      hint: "Try again later. Models in the cache work offline meanwhile.",
    };
  }
  return {
    code: "hub/bad-response",
    message: `${host} answered ${status}, which makes no sense here`,
    hint: `Check that the endpoint ${failed.endpoint} names a Hub.`,
  };
}

const isHub = (endpoint: string): boolean =>
  /^https:\/\/(hub-ci\.)?huggingface\.co$/.test(endpoint);

function repoNotFound(question: Question, failed: Failed): Verdict {
  const access = failed.tokenSource
    ? `or is private and the token from ${failed.tokenSource} gives no access to it.`
    : "or is private: then set HF_TOKEN or log in.";
  const mirror = isHub(failed.endpoint)
    ? ""
    : ` A mirror may also say so while it cannot reach the Hub itself.`;
  return {
    code: "hub/repo-not-found",
    message: `There is no model ${name(question)} at ${failed.endpoint}`,
    hint: `Check the spelling. The repo does not exist ${access}${mirror}`,
  };
}

function revisionNotFound(question: Question, failed: Failed): Verdict {
  return {
    code: "hub/revision-not-found",
    message: `${name(question)} has no revision ${question.revision ?? "of that name"}`,
    hint: `Branches and tags are listed at ${failed.endpoint}/${name(question)}/tree/main.`,
  };
}

function entryNotFound(question: Question, failed: Failed): Verdict {
  return {
    code: "hub/entry-not-found",
    message: `${failed.endpoint} has no file ${question.path ?? "of that name"} in ${name(question)}`,
    hint: isHub(failed.endpoint)
      ? "The repo may have changed meanwhile. Run the command again."
      : "The mirror may lack this file or not understand its name. Try https://huggingface.co as endpoint.",
  };
}

function gated(question: Question, failed: Failed): Verdict {
  const { endpoint, account, status } = failed;
  const serverText = serverMessage(failed);
  const repoId = name(question);
  if (status !== 401 || failed.tokenSource === undefined)
    return gatedVerdict({ repoId, endpoint, account, serverText, tokenSource: failed.tokenSource });
  // The Hub saw no token: a mirror did not pass it on.
  const verdict = gatedVerdict({ repoId, endpoint, serverText });
  const hint = `${failed.url.host} does not pass on the token from ${failed.tokenSource}: use https://huggingface.co as endpoint. ${verdict.hint}`;
  return isHub(endpoint) ? verdict : { ...verdict, hint };
}

function listRefused(failed: Failed): Verdict {
  return {
    code: "hub/unauthorized",
    message: `${failed.endpoint} refuses to list without a token it accepts (${failed.status})`,
    hint: isHub(failed.endpoint)
      ? "Set HF_TOKEN or log in."
      : "Set HF_TOKEN. Many mirrors cannot list at all. Then use https://huggingface.co as endpoint.",
  };
}

function forbidden(failed: Failed, question: Question): Verdict {
  const own = URL.parse(failed.endpoint)?.origin === failed.url.origin;
  return {
    code: "hub/forbidden",
    message: `${failed.url.host} forbids access to ${question.path ?? name(question)}`,
    hint: !own
      ? "A signed link may have expired. Run the command again."
      : failed.tokenSource
        ? `The token from ${failed.tokenSource} may lack the right to read this repo. Check its scopes at ${failed.endpoint}/settings/tokens.`
        : "Set HF_TOKEN or log in with an account that may read this repo.",
  };
}

function notFound(failed: Failed, question: Question): Verdict {
  switch (question.kind) {
    case "repo":
      return repoNotFound(question, failed);
    case "revision":
      return revisionNotFound(question, failed);
    case "file":
      return entryNotFound(question, failed);
    case "list":
      return {
        code: "hub/bad-response",
        message: `${failed.url.host} has no listing at ${failed.url.pathname}`,
        hint: `Check that the endpoint ${failed.endpoint} names a Hub. Many mirrors cannot list.`,
      };
  }
}

function rateLimited(failed: Failed): Verdict {
  const retryAfterMs = serverDelayMs({ status: 429, headers: failed.headers });
  const until =
    retryAfterMs === undefined
      ? ""
      : ` for another ${Math.ceil(retryAfterMs / 1000)} s, until ${clockTime(Date.now() + retryAfterMs)}`;
  return {
    code: "hub/rate-limited",
    message: `${failed.url.host} limits how often it may be asked and refuses${until}`,
    hint: "Wait and run the command again. With a token (HF_TOKEN) the limits are higher.",
    data: { retryAfterMs: retryAfterMs ?? null },
  };
}
