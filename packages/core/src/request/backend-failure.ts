import { codedError } from "../contract/coded-error.ts";
import { type ErrorCode, ModelDownloadError } from "../contract/errors.ts";
import { isObject } from "../hub/json-value.ts";
import { responseError } from "../hub/response-error.ts";
import type { Question } from "../hub/question.ts";
import type { RefusedToken } from "../hub/refused-token.ts";
import type { FailedTry } from "../hub/retrying.ts";
import { bodyFailure, unreachable } from "../http/network-error.ts";
import { responseHeaders } from "../http/response-headers.ts";
import type { BackendError, BackendFailure } from "../contract/backend.ts";

/** The client, the endpoint and the question, for message and hint. */
export interface FailureContext {
  readonly endpoint: string;
  readonly tokenSource: string | undefined;
  /** The token that the Hub refused before. */
  readonly refused?: RefusedToken | undefined;
  readonly question: Question;
}

/**
 * The failed try behind a backend's error, coded as our own requests' failures are. An error without `failure` is
 * thrown on.
 */
export async function failedTry(error: unknown, context: FailureContext): Promise<FailedTry> {
  if (!isBackendError(error)) throw error;
  const { failure } = error;
  const { repoId } = context.question;
  const place = { url: new URL(context.endpoint) };
  switch (failure.kind) {
    case "answer":
      return answerTry(failure, context);
    case "network": {
      const cause = Object.assign(new Error(failure.message), { code: failure.code });
      return { error: failure.midway ? bodyFailure(cause, place) : unreachable(cause, place) };
    }
    case "system": {
      const { code, path } = failure;
      const system = Object.assign(new Error(failure.message), { code, path });
      const coded = codedError(system, repoId);
      if (coded instanceof ModelDownloadError) return { error: coded };
      throw coded;
    }
    case "coded": {
      const { message, code, hint, data } = failure;
      const details = { hint, repoId, data, cause: error };
      return { error: new ModelDownloadError(message, code as ErrorCode, details) };
    }
  }
}

async function answerTry(
  { status, headers, url, body, path }: Extract<BackendFailure, { kind: "answer" }>,
  { endpoint, tokenSource, refused, question }: FailureContext,
): Promise<FailedTry> {
  const answer = responseHeaders(
    // The backend has already decoded the body.
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== "content-encoding"),
  );
  const bytes = Buffer.from(body);
  const response = {
    status,
    headers: answer,
    body: (async function* () {
      yield bytes;
    })(),
    discard: () => {},
  };
  const asked: Question = path === undefined ? question : { ...question, kind: "file", path };
  const place = URL.parse(url) ?? new URL(endpoint);
  const error = await responseError(response, asked, {
    endpoint,
    url: place,
    tokenSource,
    refused,
  });
  return { error, status, headers: answer };
}

function isBackendError(error: unknown): error is BackendError {
  return error instanceof Error && "failure" in error && isObject(error.failure);
}
