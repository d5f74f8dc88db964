import { jsonAnswer, textAnswer } from "./json-answer.ts";

const CHALLENGE = { "www-authenticate": 'Bearer realm="Authentication required"' };
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
    : new Refusal("Invalid username or password.", 401, { headers: CHALLENGE, format: "json" });

export const badCredentials = (): Refusal =>
  new Refusal("Invalid credentials in Authorization header", 401, {
    headers: CHALLENGE,
    format: "json",
  });

export const loginRequired = (): Refusal =>
  new Refusal("Invalid username or password.", 401, { headers: CHALLENGE, format: "json" });

export const gatedAnonymous = (repoId: string): Refusal =>
  new Refusal(
    `Access to model ${repoId} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
    401,
    { code: "GatedRepo" },
  );

export const gatedRefused = (repoId: string): Refusal =>
  new Refusal(
    `Access to model ${repoId} is restricted and you are not in the authorized list. Visit https://huggingface.co/${repoId} to ask for access.`,
    403,
    { code: "GatedRepo" },
  );

export const disabledRepo = (): Refusal => new Refusal("Access to this resource is disabled.", 403);

/** Header values hold Latin-1 without controls; what a client sent may hold anything. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 500);
}
