import type { AccessRequest, TokenRefusal } from "../store/repo-store.ts";
import { jsonAnswer, textAnswer } from "./json-answer.ts";

/**
 * On every 401, including gated ones (curl against the Hub, 2026-04-28, and Orolol/originator,
 * docs/hf-gated, 2026-10-05).
 */
export const CHALLENGE: Readonly<Record<string, string>> = {
  "www-authenticate": 'Bearer realm="Authentication required", charset="UTF-8"',
};
const COMMIT = "x-repo-commit";

/**
 * A request that the Hub refuses, thrown by a route and made an answer in one place. Status, code and text are those of
 * the real Hub (facts in the package's README): clients choose their error class by them.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly format: "json" | "text" | "by-route";

  constructor(
    message: string,
    status: number,
    options: {
      code?: string;
      headers?: Readonly<Record<string, string>>;
      format?: "json" | "text" | "by-route";
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = options.code;
    this.headers = options.headers ?? {};
    this.format = options.format ?? "by-route";
  }
}

/** The answer to a refused request: text below `/resolve/` and `/raw/`, JSON on the API. */
export function refusalAnswer(refusal: Refusal, isApi: boolean): Response {
  const { status, code, message } = refusal;
  const headers = {
    ...(code === undefined ? {} : { "x-error-code": code }),
    ...(status === 400 ? {} : { "x-error-message": headerText(message) }),
    ...(status === 401 ? CHALLENGE : {}),
    ...refusal.headers,
  };
  const format = refusal.format === "by-route" ? (isApi ? "json" : "text") : refusal.format;
  return format === "json"
    ? jsonAnswer({ error: message }, { status, headers })
    : textAnswer(message, { status, headers });
}

export const badRequest = (message: string): Refusal =>
  new Refusal(message, 400, { format: "json" });

export const entryNotFound = (commit: string): Refusal =>
  new Refusal("Entry not found", 404, {
    code: "EntryNotFound",
    headers: { [COMMIT]: commit },
    format: "text",
  });

export const revisionNotFound = (revision: string): Refusal =>
  new Refusal(`Invalid rev id: ${revision}`, 404, { code: "RevisionNotFound" });

/** The Hub does not tell the anonymous whether a repo is private or absent. */
export const repoNotFound = (authenticated: boolean): Refusal =>
  authenticated
    ? new Refusal("Repository not found", 404, { code: "RepoNotFound", format: "json" })
    : loginRequired();

export const loginRequired = (): Refusal => new Refusal("Invalid username or password.", 401);

export const tokenRefused = (refusal: TokenRefusal): Refusal =>
  new Refusal(TOKEN_REFUSALS[refusal], 401);

/**
 * The Hub's words for a token that it refuses, seen in bug reports of 2025 and 2026: whoami-v2 with a made-up token
 * (Orolol/originator, 2026-10-06), expired access tokens (2026-04), logins from before the keys changed
 * (jundot/omlx#2276, 2026-07-17), and the words of 2025 (huggingface/sentence-transformers#3436).
 */
export const TOKEN_REFUSALS: Readonly<Record<TokenRefusal, string>> = {
  unknown: "Invalid username or password.",
  expired: 'User Access Token "token" is expired',
  signature: "OAuth token signature verification failed: signature verification failed",
  malformed: "Invalid credentials in Authorization header",
};

export const gatedAnonymous = (repoId: string): Refusal =>
  new Refusal(
    `Access to model ${repoId} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
    401,
    { code: "GatedRepo" },
  );

/** 403 with the state of the user's request in words: Orolol/originator, observations/2026-10-06-edge-cases-a.json. */
export const gatedRefused = (repoId: string, request: AccessRequest | undefined): Refusal =>
  new Refusal(gateMessage(repoId, request), 403, { code: "GatedRepo" });

function gateMessage(repoId: string, request: AccessRequest | undefined): string {
  const page = `https://huggingface.co/${repoId}`;
  switch (request) {
    case "pending":
      return `Your request to access model ${repoId} is awaiting a review from the repo authors.`;
    case "rejected":
      return `Your request to access model ${repoId} has been rejected by the repo's authors.`;
    case "reset":
      return `Your request to access model ${repoId} has been reset by the repo's authors. Visit ${page} to submit a new request.`;
    default:
      return `Access to model ${repoId} is restricted and you are not in the authorized list. Visit ${page} to ask for access.`;
  }
}

export const disabledRepo = (): Refusal => new Refusal("Access to this resource is disabled.", 403);

/**
 * Header values are Latin-1 without control characters. Text from a client may contain anything.
 */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 500);
}
