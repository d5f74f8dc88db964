import type { DownloadEventBody } from "../contract/events.ts";
import { createTokenHubClient } from "./token-hub.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import { readSettings, type SettingsOptions } from "../settings/settings.ts";
import { loginError } from "../token/login-error.ts";

/** Which Hub to ask, and how. */
export interface AccountOptions extends Pick<
  SettingsOptions,
  "endpoint" | "token" | "tokenSource" | "env"
> {
  readonly signal?: AbortSignal | undefined;
  /** Told of waits, retries and warnings. */
  readonly onEvent?: ((event: DownloadEventBody) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** The account that a token belongs to. */
export interface Account {
  readonly name: string;
  readonly fullName: string | undefined;
  readonly type: string;
  readonly organizations: readonly string[];
  /** The token's name at the Hub. Undefined for one from a browser login. */
  readonly tokenName: string | undefined;
  /** `read`, `write` or `fineGrained`. */
  readonly tokenRole: string | undefined;
  /** Where the token was found, in words. */
  readonly tokenSource: string;
}

/**
 * The account of the token from the options or the environment. Undefined without a token. One request. Throws
 * `hub/unauthorized` for a token that the Hub does not know, and the other `hub/…` errors.
 */
export async function whoAmI(options: AccountOptions = {}): Promise<Account | undefined> {
  const env = options.env ?? process.env;
  const settings = await readSettings({ ...options, env });
  if (settings.token === undefined) return undefined;
  const client = createTokenHubClient(settings, { ...options, env });
  try {
    const url = client.url(["api", "whoami-v2"]);
    const { value } = await client.json(url, { question: { kind: "list" } });
    const name = stringField(value, "name");
    if (!name)
      throw loginError("login/failed", `${settings.endpoint} does not say whose token this is`);
    const answer = isObject(value) ? value : {};
    const auth = answer["auth"];
    const token = isObject(auth) ? auth["accessToken"] : undefined;
    const organizations = Array.isArray(answer["orgs"]) ? answer["orgs"] : [];
    return {
      name,
      fullName: stringField(value, "fullname"),
      type: stringField(value, "type") ?? "user",
      organizations: organizations.flatMap((org) => stringField(org, "name") ?? []),
      tokenName: stringField(token, "displayName"),
      tokenRole: stringField(token, "role"),
      tokenSource: settings.tokenSource ?? "the options",
    };
  } finally {
    await client.close();
  }
}
