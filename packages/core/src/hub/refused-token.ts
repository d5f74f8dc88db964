import type { ErrorCode } from "../contract/errors.ts";

/** A token that a Hub does not take, and all that is known of why. */
export interface RefusedToken {
  /** Base of the Hub's addresses. */
  readonly endpoint: string;
  /** Where the token came from, in words. */
  readonly source: string;
  /** The Hub's own sentence. */
  readonly serverText: string | undefined;
  /** When it ends, in ms since 1970, where a token file tells. */
  readonly expiresAt?: number | undefined;
}

/** The message about a refused token. */
export interface RefusalWords {
  /** Such as `it has expired`. */
  readonly why: string;
  /** How to get a new one, a sentence or two. */
  readonly hint: string;
  /** Null when unknown. */
  readonly expired: boolean | null;
}

/**
 * Reads why a token is refused. The Hub's sentences are those seen in 2025 and 2026: `User Access Token "NAME" is
 * expired`, `OAuth token signature verification failed: …` (its keys changed in July 2026), `Invalid username or
 * password.` (a token that it does not know) and `Invalid credentials in Authorization header`. Any other says no less
 * that the token is refused.
 */
export function describeRefusal({
  endpoint,
  source,
  serverText = "",
  expiresAt,
}: RefusedToken): RefusalWords {
  const named = /^User Access Token "([^"]{1,100})" is expired/i.exec(serverText)?.[1];
  const hasEnded =
    /\bexpired\b/i.test(serverText) || (expiresAt !== undefined && expiresAt < Date.now());
  const hint = renewalHint(source, endpoint);
  if (hasEnded) {
    const which = named === undefined ? "it" : `the token "${named}"`;
    return { why: `${which} has expired`, hint, expired: true };
  }
  if (/signature verification failed/i.test(serverText))
    return { why: "the Hub has ended this login", hint, expired: false };
  if (/^Invalid (?:username or password|credentials)/i.test(serverText))
    return { why: "the Hub does not know it", hint, expired: null };
  return { why: "it is not valid", hint, expired: null };
}

/** How to replace a token, by where it came from. */
function renewalHint(source: string, endpoint: string): string {
  const page = `${endpoint}/settings/tokens`;
  const without = "Public models need no token.";
  if (/^[A-Z_]+$/.test(source))
    return `Make a new token at ${page} and set ${source} to it, or unset ${source}. ${without}`;
  if (/^the token file|keychain|secret service/.test(source))
    return `Log in again (mlx-download login), or log out (mlx-download logout). ${without}`;
  return `Make a new token at ${page} and hand that in, or none. ${without}`;
}

/** The part of a coded error that describes a refused token. `subject` cannot be read without one. */
export function refusedVerdict(
  refused: RefusedToken,
  subject: {
    readonly repoId: string | undefined;
    readonly isGated: boolean;
    readonly isHub: boolean;
  },
): {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;
} {
  const { endpoint, source } = refused;
  const { why, hint, expired } = describeRefusal(refused);
  const { repoId, isGated, isHub } = subject;
  const closed = isGated ? "is gated" : "cannot be seen without one";
  const need = repoId === undefined ? "" : `, and ${repoId} ${closed}`;
  const mirror =
    repoId === undefined || isHub
      ? ""
      : ` A mirror may also answer so for a repo that it does not have.`;
  return {
    code: "hub/unauthorized",
    message: `${new URL(endpoint).host} refuses the token from ${source}: ${why}${need}`,
    hint: `${hint}${mirror}`,
    data: { tokenSource: source, expired },
  };
}
