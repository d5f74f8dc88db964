import type { ErrorCode } from "../contract/errors.ts";

/**
 * The state of an account's request for access to a gated repo. `anonymous`: no token was sent, so the state is
 * unknown. `unknown`: a token was sent, but the answer does not tell.
 */
export type AccessState = "anonymous" | "not-asked" | "waiting" | "rejected" | "reset" | "unknown";

/** The facts about a refusal by a gated repo. */
export interface Gate {
  readonly repoId: string;
  /** Base of the addresses of the Hub that refused. */
  readonly endpoint: string;
  /** The sentence by which it refused. */
  readonly serverText?: string | undefined;
  /** The origin of the token that was sent. Undefined when none was. */
  readonly tokenSource?: string | undefined;
  /** The name of the account that the token belongs to, where it was asked for. */
  readonly account?: string | undefined;
}

/** The part of a coded error that tells of a gated repo. */
export interface GatedVerdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly data: {
    /** Where access is asked for. */
    readonly page: string;
    readonly access: AccessState;
    readonly account: string | null;
    readonly tokenSource: string | null;
  };
}

/**
 * Files of a gated repo that the Hub serves without access: these names, in this case, at the root (20 probes of two
 * repos, 2026-10-05). All others, `.gitattributes` too, need access.
 */
const PUBLIC_FILES: ReadonlySet<string> = new Set([
  "README.md",
  "LICENSE",
  "LICENSE.md",
  "LICENSE.txt",
]);

/** Whether a file of a gated repo can be fetched without access. */
export const isPublicFile = ({ path }: { readonly path: string }): boolean =>
  PUBLIC_FILES.has(path);

// The Hub's sentences to an account without access (recorded on 2026-10-06: auth-check and resolve, 403 GatedRepo).
const STATES: readonly (readonly [RegExp, AccessState])[] = [
  [/awaiting (?:a )?review/i, "waiting"],
  [/has been rejected/i, "rejected"],
  [/has been reset/i, "reset"],
  [/not in the authorized list/i, "not-asked"],
];

/** How a request for access stands, by the Hub's own sentence. */
export function accessState({
  serverText,
  tokenSource,
}: Pick<Gate, "serverText" | "tokenSource">): AccessState {
  if (tokenSource === undefined) return "anonymous";
  return STATES.find(([sentence]) => sentence.test(serverText ?? ""))?.[1] ?? "unknown";
}

/** Code, message, next step and data of `hub/gated`, each state in its own words. */
export function gatedVerdict(gate: Gate): GatedVerdict {
  const { repoId, tokenSource, account } = gate;
  const access = accessState(gate);
  const page = accessPage(gate);
  const who = account ?? "your account";
  const holder =
    account === undefined
      ? `the account whose token is in ${tokenSource ?? "use"}`
      : `the account ${account} (its token is from ${tokenSource ?? "the options"})`;
  const words: Readonly<Record<AccessState, readonly [message: string, hint: string]>> = {
    anonymous: [
      "its owner asks you to accept conditions first",
      `Accept the conditions at ${page}, then set HF_TOKEN or log in with that account.`,
    ],
    "not-asked": [
      `${who} has not asked for access yet`,
      `Ask for access at ${page} with ${holder}, then run the command again.`,
    ],
    waiting: [
      `the request of ${who} is waiting for the owner's review`,
      `Run the command again once access is granted to ${holder}. ${page} shows how the request stands.`,
    ],
    rejected: [
      `the owner rejected the request of ${who}`,
      `Choose another model, or use the token of an account that has access instead of the one from ${tokenSource ?? "the options"}. The owner can be asked at ${page}.`,
    ],
    reset: [
      `the owner reset the request of ${who}`,
      `Ask for access again at ${page} with ${holder}, then run the command again.`,
    ],
    unknown: [
      `${who} has no access`,
      `Ask for access at ${page} with ${holder}, or see there how the request stands.`,
    ],
  };
  const [what, hint] = words[access];
  return {
    code: "hub/gated",
    message: `${repoId} is gated: ${what}`,
    hint,
    data: { page, access, account: account ?? null, tokenSource: tokenSource ?? null },
  };
}

/** The repo's page, by the Hub's own words where they lead there: access is not asked for at a mirror. */
function accessPage({ serverText, endpoint, repoId }: Gate): string {
  const named = /\bhttps?:\/\/[^\s"'<>]+/.exec(serverText ?? "")?.[0].replace(/[.,;)]+$/, "");
  const url = named === undefined ? null : URL.parse(named);
  const own = URL.parse(endpoint);
  const trusted = url !== null && (url.origin === own?.origin || url.hostname === "huggingface.co");
  const path = url?.pathname.replace(/^\/(?:datasets|spaces)(?=\/)/, "").slice(1);
  return trusted && path === repoId ? `${url.origin}${url.pathname}` : `${endpoint}/${repoId}`;
}
