import { unlessAborted } from "../http/unless-aborted.ts";
import type { Transport } from "../http/transport.ts";
import type { Settings } from "../settings/settings.ts";
import { renewStored } from "./renew-stored.ts";
import { readSecret } from "./secret-file.ts";
import { readStoredTokens, tokenFiles, withTokenLock } from "./stored-token.ts";

/** The outcome for a refused token. */
export interface Renewal {
  /** The replacement token. Undefined where there is none. */
  readonly token?: string | undefined;
  /** When the refused one ends, in ms since 1970, where the token files tell. */
  readonly expiresAt?: number | undefined;
}

/** Who asks for a renewal. */
export interface RenewalOptions {
  readonly settings: Settings;
  readonly transport: Transport;
  readonly userAgent: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** By refused token: all requests of this process that met the same refusal wait for one renewal. */
const underway = new Map<string, Promise<Renewal>>();

/**
 * A token instead of one that the Hub refuses: of a login in the token file, renewed by its refresh token, or the one that
 * another process has put there. Nothing for a token from elsewhere, without a refresh token, or where the Hub does not
 * give one. Rejects with the signal's reason alone.
 */
export async function renewRefused(refused: string, options: RenewalOptions): Promise<Renewal> {
  const { settings, env, signal } = options;
  const isFromFile = settings.tokenSource?.startsWith("the token file") === true;
  if (env === undefined || !isFromFile) return {};
  const renewal = underway.get(refused) ?? renew(refused, { ...options, env });
  underway.set(refused, renewal);
  try {
    return await (signal ? unlessAborted(renewal, signal) : renewal);
  } finally {
    underway.delete(refused);
  }
}

async function renew(
  refused: string,
  { settings, transport, userAgent, env }: RenewalOptions & { readonly env: NodeJS.ProcessEnv },
): Promise<Renewal> {
  const files = tokenFiles(env);
  const hub = { settings, transport, downloadHeaders: { "user-agent": userAgent } };
  let expiresAt: number | undefined;
  try {
    const stored = (await readStoredTokens(files)).find(({ token }) => token === refused);
    expiresAt = stored?.expiresAt;
    return await withTokenLock(files, async () => {
      const inUse = (await readSecret(files.tokenFile))?.trim();
      if (inUse && inUse !== refused) return { token: inUse };
      if (stored?.refreshToken === undefined) return { expiresAt };
      const renewed = await renewStored(hub, stored, { files, env });
      return "token" in renewed ? renewed : { expiresAt };
    });
  } catch {
    // The refusal is reported. A file or line error here does not change it.
    return { expiresAt };
  }
}
