import { createTokenHubClient } from "./token-hub.ts";
import { readSettings } from "../settings/settings.ts";
import type { AccountOptions } from "./who-am-i.ts";
import { renewStored } from "../token/renew-stored.ts";
import { readSecret } from "../token/secret-file.ts";
import {
  readStoredTokens,
  type StoredToken,
  tokenFiles,
  withTokenLock,
} from "../token/stored-token.ts";

/** The Python client renews a token that is good for less than this. */
const MARGIN_MS = 24 * 3_600_000;

function isDue({ refreshToken, expiresAt }: StoredToken): boolean {
  return (
    refreshToken !== undefined && expiresAt !== undefined && expiresAt - MARGIN_MS <= Date.now()
  );
}

/**
 * Renews the token in use when it came from a browser login and ends within a day, as the Python client does, and
 * writes it to the files of both. True when it did. A failure is only a warning: the Hub says clearly when a token is
 * no longer good. Makes no request for any other token, nor where the environment names one or forbids requests.
 */
export async function renewToken(options: Omit<AccountOptions, "token"> = {}): Promise<boolean> {
  const env = options.env ?? process.env;
  const settings = await readSettings({ ...options, env, token: false });
  const named = env["HF_TOKEN"]?.trim() || env["HUGGING_FACE_HUB_TOKEN"]?.trim();
  if (named || settings.offline) return false;
  const files = tokenFiles(env);
  const inUse = async (): Promise<StoredToken | undefined> => {
    // The search for a token tells of a file that cannot be read.
    const token = (await readSecret(files.tokenFile).catch(() => undefined))?.trim();
    if (!token) return undefined;
    return (await readStoredTokens(files)).find((stored) => stored.token === token);
  };
  const client = createTokenHubClient(settings, { ...options, env });
  try {
    const first = await inUse();
    if (first === undefined || !isDue(first)) return false;
    return await withTokenLock(
      files,
      async () => {
        const stored = await inUse();
        // Another process was quicker.
        if (stored === undefined || !isDue(stored)) return true;
        const renewed = await renewStored(client, stored, { files, env, signal: options.signal });
        if ("token" in renewed) return true;
        const { isOver } = renewed;
        client.emit({
          type: "warning",
          code: "login/not-renewed",
          message: `The login of ${stored.name} ${isOver ? "has ended" : "cannot be renewed now"}.`,
          hint: isOver ? "Log in again." : "It is tried again with the next command.",
        });
        return false;
      },
      options.signal,
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    client.emit({
      type: "warning",
      code: "login/not-renewed",
      message: `The login cannot be renewed: ${error instanceof Error ? error.message : String(error)}.`,
      hint: "It is tried again with the next command.",
    });
    return false;
  } finally {
    await client.close();
  }
}
