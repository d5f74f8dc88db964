import { createHash } from "node:crypto";
import type { DownloadEventBody } from "../contract/events.ts";
import {
  type Authorization,
  type FollowedResponse,
  type FollowInit,
  requestFollowing,
} from "../http/follow.ts";
import { isLoopback } from "../http/loopback.ts";
import { redactUrl } from "../http/redact.ts";
import type { Transport } from "../http/transport.ts";
import type { Settings } from "../settings/settings.ts";
import { renewRefused } from "../token/renew-refused.ts";
import { describeRefusal, type RefusedToken } from "./refused-token.ts";
import { answerText } from "./response-error.ts";

/** An answer, and the state of the token after it. */
export interface SentResponse extends FollowedResponse {
  /** The origin of the token sent for this answer. Undefined when none was sent. */
  readonly tokenSource: string | undefined;
  /** The token that the Hub refused before it was asked without. */
  readonly refused: RefusedToken | undefined;
}

/** Sends requests to one Hub, with the token as long as the Hub takes it. */
export interface TokenSender {
  /** The token to send now. False when none may be sent, undefined when there is none. */
  readonly token: () => string | false | undefined;
  /** The token that the Hub refused. Undefined while it has refused none. */
  readonly refused: () => RefusedToken | undefined;
  /**
   * `requestFollowing` with the token. When the Hub refuses the token (401 without a code of its own, with any text), a
   * login of ours is renewed, once for all requests and processes. Otherwise the request, and every later one, is sent
   * without it. Throws the errors of `requestFollowing`.
   */
  readonly send: (url: URL, init: Omit<FollowInit, "authorization">) => Promise<SentResponse>;
  /** Notes that the Hub refused `token` with these words, and renews it where that can be done. */
  readonly giveUp: (
    token: string,
    serverText: string | undefined,
    signal?: AbortSignal,
  ) => Promise<void>;
  /** Says, once, that things go on without the refused token. */
  readonly tellRefused: () => void;
}

/** The inputs of a sender. */
export interface TokenSenderOptions {
  readonly transport: Transport;
  readonly emit: (event: DownloadEventBody) => void;
  /** The environment that names the token files. Without it no login is renewed. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly userAgent: string;
}

/** A refused token is not tried again for so long: every request that brings it costs an answer. */
const REMEMBERED_MS = 600_000;
const remembered = new Map<string, { readonly refused: RefusedToken; readonly until: number }>();

/** Makes the sender for `settings.endpoint`. */
export function createTokenSender(settings: Settings, options: TokenSenderOptions): TokenSender {
  const { transport, emit } = options;
  const { endpoint, tokenSource = "the options" } = settings;
  const allowed = authorizationFor(settings, emit);
  let current = allowed;
  let refused: RefusedToken | undefined;
  let isTold = false;
  let isRenewed = false;
  const known = current && recall(endpoint, current.token);
  if (known !== undefined) {
    refused = { ...known, source: tokenSource };
    current = undefined;
  }

  // A function, since another request that was refused at the same time may settle it during any wait.
  const isCurrent = (token: string): boolean => current?.token === token;

  const giveUp: TokenSender["giveUp"] = async (token, serverText, signal) => {
    if (!isCurrent(token)) return;
    const renewal = isRenewed ? {} : await renewRefused(token, { ...options, settings, signal });
    if (!isCurrent(token)) return;
    if (renewal.token !== undefined) {
      isRenewed = true;
      current = { token: renewal.token, endpoint };
      return;
    }
    refused = { endpoint, source: tokenSource, serverText, expiresAt: renewal.expiresAt };
    current = undefined;
    remembered.set(keyOf(endpoint, token), { refused, until: Date.now() + REMEMBERED_MS });
  };

  const tellRefused = (): void => {
    if (refused === undefined || isTold) return;
    isTold = true;
    const { why, hint } = describeRefusal(refused);
    emit({
      type: "warning",
      code: "hub/token-refused",
      topic: `${endpoint} ${tokenSource}`,
      message: `${new URL(endpoint).host} refuses the token from ${tokenSource} (${why}). Continuing without it.`,
      hint,
    });
  };

  const send: TokenSender["send"] = async (url, init) => {
    for (;;) {
      const authorization = current;
      const followed = await requestFollowing(transport, url, { ...init, authorization });
      if (authorization !== undefined && isRefusal(followed)) {
        await giveUp(authorization.token, await answerText(followed.response), init.signal);
        continue;
      }
      if (followed.response.status < 400 && authorization === undefined) tellRefused();
      const sent = followed.authorized ? tokenSource : undefined;
      return { ...followed, tokenSource: sent, refused };
    }
  };

  return {
    token: () => current?.token ?? (settings.token === undefined ? undefined : false),
    refused: () => refused,
    send,
    giveUp,
    tellRefused,
  };
}

/**
 * With a token that it accepts, the Hub answers 404 for a missing repo or file and 403 for one that is not allowed. 401
 * with a code of its own is about the repo.
 */
function isRefusal({ response, authorized }: FollowedResponse): boolean {
  return authorized && response.status === 401 && !response.headers.get("x-error-code")?.trim();
}

const keyOf = (endpoint: string, token: string): string =>
  `${endpoint} ${createHash("sha256").update(token).digest("base64")}`;

function recall(endpoint: string, token: string): RefusedToken | undefined {
  const key = keyOf(endpoint, token);
  const known = remembered.get(key);
  if (known === undefined || known.until > Date.now()) return known?.refused;
  remembered.delete(key);
  return undefined;
}

function authorizationFor(
  { endpoint, token, tokenEndpoint, tokenSource, logins }: Settings,
  emit: TokenSenderOptions["emit"],
): Authorization | undefined {
  // A request has room for one of the two, and the login was named for just this endpoint.
  if (token === undefined || endpoint !== tokenEndpoint || logins?.has(endpoint)) return undefined;
  const url = new URL(endpoint);
  if (url.protocol === "https:" || isLoopback(url)) return { token, endpoint };
  emit({
    type: "warning",
    code: "hub/token-not-sent",
    message: `The token from ${tokenSource ?? "the options"} is not sent: ${redactUrl(url)} is not https, anyone on the way could read it.`,
    hint: "Use an https endpoint for private and gated repos.",
  });
  return undefined;
}
