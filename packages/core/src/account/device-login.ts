import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { createTokenHubClient } from "./token-hub.ts";
import { sleep } from "../http/sleep.ts";
import { readSettings } from "../settings/settings.ts";
import type { AccountOptions } from "./who-am-i.ts";
import { loginError } from "../token/login-error.ts";
import { givenToken, type GivenToken, oauthClientId, postForm } from "../token/oauth.ts";

/** The steps for the user in a browser, on any device. */
export interface DeviceCode {
  /** The user compares it with the page, or types it there. */
  readonly userCode: string;
  readonly url: string;
  /** {@link url} with the code filled in already. */
  readonly urlWithCode: string;
  /** In ms since 1970. */
  readonly expiresAt: number;
}

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
const MAX_INTERVAL_MS = 60_000;

/** An address that is safe to show and open. Other text must not reach a terminal. */
function webAddress(value: unknown): string | undefined {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function positive(value: unknown, fallback: number): number {
  return typeof value === "number" && value > 0 && value < 86_400 ? value : fallback;
}

async function pollOnce(
  client: HubClient,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return await postForm(client, "token", { form, signal });
  } catch (error) {
    signal?.throwIfAborted();
    // A network that comes and goes must not end a login that a person is in the middle of.
    if (error instanceof ModelDownloadError && error.code !== "login/failed") return undefined;
    throw error;
  }
}

/**
 * Logs in by the device flow (RFC 8628): `onCode` receives the code to confirm, and the token comes after the user
 * confirmed it. Throws `login/denied`, `login/expired`, `login/failed`, `hub/unreachable`, or the signal's reason.
 */
export async function deviceLogin(
  options: AccountOptions & { readonly onCode: (code: DeviceCode) => void },
): Promise<GivenToken> {
  const env = options.env ?? process.env;
  const { signal } = options;
  const settings = await readSettings({ ...options, env, token: false });
  const client = createTokenHubClient(settings, { ...options, env });
  const clientId = oauthClientId(env);
  try {
    const answer = await postForm(client, "device", { form: { client_id: clientId }, signal });
    const code = answer?.["device_code"];
    const userCode = answer?.["user_code"];
    const url = webAddress(answer?.["verification_uri"]);
    if (typeof code !== "string" || typeof userCode !== "string" || url === undefined)
      throw loginError("login/failed", `${settings.endpoint} offers no login from a device`);
    const expiresAt = Date.now() + positive(answer?.["expires_in"], 900) * 1000;
    const urlWithCode = webAddress(answer?.["verification_uri_complete"]) ?? url;
    options.onCode({ userCode, url, urlWithCode, expiresAt });

    let intervalMs = positive(answer?.["interval"], 5) * 1000;
    const form = { grant_type: DEVICE_CODE, device_code: code, client_id: clientId };
    while (Date.now() < expiresAt) {
      await sleep(Math.min(intervalMs, MAX_INTERVAL_MS), signal);
      const polled = await pollOnce(client, form, signal);
      const token = polled && givenToken(polled);
      if (token !== undefined) return token;
      const error = polled?.["error"];
      if (error === "slow_down") intervalMs += 5000;
      else if (error === "access_denied")
        throw loginError("login/denied", "the login was refused in the browser");
      else if (error === "expired_token") break;
      else if (error !== undefined && error !== "authorization_pending")
        throw loginError("login/failed", "the Hub does not go on with this login", {
          data: { error: typeof error === "string" ? error.slice(0, 100) : null },
        });
    }
    throw loginError("login/expired", "the code was not confirmed in time");
  } finally {
    await client.close();
  }
}
