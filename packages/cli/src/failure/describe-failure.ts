import { commandHint } from "./command-hint.ts";
import { exitCodeOf } from "./exit-code-of.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { systemHint } from "./system-hint.ts";

/**
 * An error in the one form that the terminal, `--json` and `--events` are made from. Secrets are
 * masked.
 */
export interface Failure {
  readonly code: string;
  /** The failure in one sentence. */
  readonly message: string;
  /** The next step, one sentence. */
  readonly hint: string;
  readonly exitCode: number;
  /** The reason, when the error has one. */
  readonly why: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** Every error of the cause chain with its stack, for `--debug`. */
  readonly chain: readonly string[];
}

interface CodedError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly repoId?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

function isCoded(error: unknown): error is CodedError {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.includes("/") &&
    "hint" in error &&
    typeof error.hint === "string"
  );
}

/** The error and its causes, outermost first. Stops at a cycle. */
function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && !chain.includes(next);) {
    chain.push(next);
    next = next instanceof Error ? next.cause : undefined;
  }
  return chain;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === "" && error instanceof AggregateError)
    return error.errors.map(messageOf).join("; ");
  return error.message || error.name;
}

/**
 * The hint in terms of the command line. Where a library advises to log in, the command line has a
 * command for it.
 */
function ownHint({ code, hint: ofLibrary }: CodedError): string {
  const hint = commandHint(ofLibrary);
  if (!code.startsWith("hub/")) return hint;
  const own = hint.replace(/\bHF_TOKEN or log in\b/, "HF_TOKEN or run mlx-download login");
  // The command is named once.
  return own === hint ? hint : own.replace(" (mlx-download login)", "");
}

/** The error's own sentence. The server's message goes to `why`. */
function ownMessage(error: CodedError): string {
  const serverMessage = error.data?.["serverMessage"];
  const quoted = ` (${String(serverMessage)})`;
  return typeof serverMessage === "string" && error.message.endsWith(quoted)
    ? error.message.slice(0, -quoted.length)
    : error.message;
}

/** The Hub's message, or the innermost cause, unless the sentence already contains it. */
function whyOf(error: CodedError, message: string): string | undefined {
  const { status, errorCode, serverMessage } = error.data ?? {};
  if (typeof status === "number") {
    const code = typeof errorCode === "string" ? ` (${errorCode})` : "";
    return `the Hub answered ${status}${code}${typeof serverMessage === "string" ? `: ${serverMessage}` : ""}`;
  }
  const root = causesOf(error).at(-1);
  if (root === error || root === undefined) return undefined;
  const why = messageOf(root);
  return message.includes(why) ? undefined : why;
}

function maskDeep(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, mask));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, maskDeep(item, mask)]),
    );
  }
  return value;
}

/** The part of the command line that a description depends on. */
export interface DescribeOptions {
  /** Masked wherever they occur. */
  readonly secrets?: readonly (string | undefined)[];
  /** The id of a model that was probably meant. */
  readonly meant?: string | undefined;
}

/** Describes whatever was thrown. */
export function describeFailure(
  error: unknown,
  { secrets = [], meant }: DescribeOptions = {},
): Failure {
  const mask = (text: string): string => maskSecrets(text, secrets);
  const chain = causesOf(error).map((cause) =>
    mask(cause instanceof Error ? (cause.stack ?? messageOf(cause)) : String(cause)),
  );
  if (!isCoded(error)) {
    return {
      code: "unexpected",
      message: mask(messageOf(error)),
      hint: systemHint(error),
      exitCode: 1,
      why: undefined,
      data: {},
      chain,
    };
  }
  const about = {
    ...(error.repoId !== undefined && { repoId: error.repoId }),
    ...(meant !== undefined && { meant }),
  };
  const hint = meant === undefined ? ownHint(error) : `Did you mean ${meant}? ${ownHint(error)}`;
  const message = ownMessage(error);
  const why = whyOf(error, message);
  return {
    code: error.code,
    message: mask(message),
    hint: mask(hint),
    exitCode: exitCodeOf(error.code),
    why: why === undefined ? undefined : mask(why),
    data: { ...about, ...(maskDeep(error.data ?? {}, mask) as Record<string, unknown>) },
    chain,
  };
}

/**
 * The object under `error` of `--json` and `--events`: the common fields, and the data that the
 * code documents.
 */
export function failureJson(failure: Failure): Record<string, unknown> {
  const { code, message, hint, exitCode, data } = failure;
  return { ...data, code, message, hint, exitCode };
}
