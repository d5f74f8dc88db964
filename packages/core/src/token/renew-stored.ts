import { givenToken, type OAuthHub, oauthClientId, postForm } from "./oauth.ts";
import { readSecret, writeSecret } from "./secret-file.ts";
import { type StoredToken, storeToken, type TokenFiles } from "./stored-token.ts";

/** How a renewal ended. */
export type RenewedToken =
  | { readonly token: string }
  /** `isOver`: the Hub says that this login has ended. Otherwise a later attempt may work. */
  | { readonly isOver: boolean };

/**
 * Trades the refresh token of a stored login for a new token, and writes that where the old one stood. The caller holds
 * the lock of the token files. Throws as `postForm` throws, and errors of the file system.
 */
export async function renewStored(
  hub: OAuthHub,
  stored: StoredToken,
  options: {
    readonly files: TokenFiles;
    readonly env: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<RenewedToken> {
  const { files, env, signal } = options;
  if (stored.refreshToken === undefined) return { isOver: true };
  const form = {
    grant_type: "refresh_token",
    refresh_token: stored.refreshToken,
    client_id: oauthClientId(env),
  };
  const answer = await postForm(hub, "token", { form, signal });
  const given = answer && givenToken(answer);
  if (given === undefined) return { isOver: answer?.["error"] === "invalid_grant" };
  // The Hub gives a new refresh token with each: without one, the old one goes on.
  const refreshToken = given.refreshToken ?? stored.refreshToken;
  await storeToken({ ...given, refreshToken, name: stored.name }, files, { use: false });
  // Unless another token was chosen meanwhile.
  if ((await readSecret(files.tokenFile))?.trim() === stored.token)
    await writeSecret(files.tokenFile, given.token);
  return { token: given.token };
}
