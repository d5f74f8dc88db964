import { requestFollowing } from "../http/follow.ts";
import { isLoopback } from "../http/loopback.ts";
import { readBody } from "../http/read-body.ts";
import type { Transport } from "../http/transport.ts";
import type { Settings } from "../settings/settings.ts";
import { loginError } from "./login-error.ts";

/**
 * The OAuth client under which devices log in: the Hub's public one for command lines, as the Python client uses it.
 * Tokens are shared with that client through the token files, and a refresh token is good only for the client it was
 * given to. `HF_DEVICE_CODE_OAUTH_CLIENT_ID` names another one.
 */
const DEFAULT_CLIENT_ID = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";

const MAX_BODY = 64 * 1024;

/** The Hub that issues tokens, and the means to reach it. A `HubClient` is one. */
export interface OAuthHub {
  readonly settings: Pick<Settings, "endpoint" | "downloadTimeoutMs">;
  readonly transport: Transport;
  readonly downloadHeaders: Readonly<Record<string, string>>;
}

/** The client id for this environment. */
export function oauthClientId(env: NodeJS.ProcessEnv): string {
  return env["HF_DEVICE_CODE_OAUTH_CLIENT_ID"]?.trim() || DEFAULT_CLIENT_ID;
}

/**
 * Posts a form to one of the Hub's OAuth addresses, without any token, and resolves with its JSON, also for error
 * answers. Undefined for other answers (server errors, web pages). Throws `hub/unreachable`, the signal's reason, and
 * `login/failed` where the connection is not safe for a secret.
 */
export async function postForm(
  hub: OAuthHub,
  name: "device" | "token",
  options: {
    readonly form: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { settings, transport, downloadHeaders } = hub;
  const url = new URL(`${settings.endpoint}/oauth/${name}`);
  if (url.protocol !== "https:" && !isLoopback(url))
    throw loginError(
      "login/failed",
      `${url.origin} is not https: anyone on the way could read the token`,
    );
  const { response } = await requestFollowing(transport, url, {
    method: "POST",
    body: new URLSearchParams(options.form).toString(),
    headers: {
      "user-agent": downloadHeaders["user-agent"] ?? "",
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    },
    signal: options.signal,
    headersTimeoutMs: settings.downloadTimeoutMs,
    bodyTimeoutMs: settings.downloadTimeoutMs,
  });
  const body = await readBody(response, MAX_BODY);
  if (response.status >= 500) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const isForm = typeof value === "object" && value !== null && !Array.isArray(value);
    return isForm ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** A token as the Hub gave it. */
export interface GivenToken {
  readonly token: string;
  readonly refreshToken: string | undefined;
  /** In ms since 1970. Undefined for one that does not expire. */
  readonly expiresAt: number | undefined;
}

/** Reads the answer that holds a token. Undefined when it holds none. */
export function givenToken(answer: Readonly<Record<string, unknown>>): GivenToken | undefined {
  const { access_token: token, refresh_token: refreshToken, expires_in: seconds } = answer;
  if (typeof token !== "string" || !/^[\u0021-\u007e]{1,4096}$/.test(token)) return undefined;
  return {
    token,
    refreshToken: typeof refreshToken === "string" ? refreshToken : undefined,
    expiresAt:
      typeof seconds === "number" && seconds > 0
        ? Date.now() + Math.floor(seconds) * 1000
        : undefined,
  };
}
