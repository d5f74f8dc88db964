import { readSettings } from "../settings/settings.ts";
import type { FoundToken } from "../settings/token.ts";
import type { AccountOptions } from "./who-am-i.ts";

/**
 * The token that requests of this library would be sent with, and where it was found: the option, `HF_TOKEN`, or the token
 * file of the Python client. Undefined without one. Makes no request. Throws `settings/invalid`.
 */
export async function activeToken(
  options: Pick<AccountOptions, "token" | "tokenSource" | "env"> = {},
): Promise<FoundToken | undefined> {
  const { token, tokenSource: source = "the options" } = await readSettings(options);
  return token === undefined ? undefined : { token, source };
}
