import { rm } from "node:fs/promises";
import { cacheLocations } from "@mlx-download/cache";
import { acquireLock } from "@mlx-download/cache/writing";
import { formatIni, parseIni } from "./ini.ts";
import type { GivenToken } from "./oauth.ts";
import { readSecret, writeSecret } from "./secret-file.ts";

/** The two files that hold tokens, both shared with the Python client. */
export interface TokenFiles {
  /** The token in use, bare. */
  readonly tokenFile: string;
  /** Every token by name (INI). */
  readonly storedTokensFile: string;
}

/** A token of {@link TokenFiles.storedTokensFile}. */
export interface StoredToken extends GivenToken {
  readonly name: string;
}

const LOCK_TIMEOUT_MS = 30_000;

/** Where the environment puts the token files. */
export function tokenFiles(env: NodeJS.ProcessEnv): TokenFiles {
  const { tokenFile, storedTokensFile } = cacheLocations(env);
  return { tokenFile, storedTokensFile };
}

/** The name under which the Python client keeps a token: the Hub's own, or the user's for a browser login. */
export function storedName({
  tokenName,
  name,
}: {
  readonly tokenName: string | undefined;
  readonly name: string;
}): string {
  const wanted = tokenName?.replaceAll(/[\r\n]+/g, " ").trim();
  return wanted && wanted !== "DEFAULT" ? wanted : `oauth-${name}`;
}

/** Every stored token. None when the file is missing or malformed, as with the Python client. */
export async function readStoredTokens({
  storedTokensFile,
}: TokenFiles): Promise<readonly StoredToken[]> {
  const sections = parseIni((await readSecret(storedTokensFile)) ?? "");
  return [...(sections ?? [])].flatMap(([name, values]) => {
    const token = values.get("hf_token");
    if (!token) return [];
    const seconds = Number(values.get("expires_at"));
    return {
      name,
      token,
      refreshToken: values.get("refresh_token"),
      expiresAt: Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined,
    };
  });
}

/** Keeps the token under its name, and makes it the one in use unless `use` is false. */
export async function storeToken(
  { name, token, refreshToken, expiresAt }: StoredToken,
  files: TokenFiles,
  { use = true }: { readonly use?: boolean } = {},
): Promise<void> {
  const sections = new Map(parseIni((await readSecret(files.storedTokensFile)) ?? ""));
  const values = new Map([["hf_token", token]]);
  if (refreshToken !== undefined) values.set("refresh_token", refreshToken);
  if (expiresAt !== undefined) values.set("expires_at", String(Math.floor(expiresAt / 1000)));
  sections.set(name, values);
  await writeSecret(files.storedTokensFile, formatIni(sections));
  if (use) await writeSecret(files.tokenFile, token);
}

/** Deletes the token in use and every stored one. True when there was any. */
export async function removeTokens(files: TokenFiles): Promise<boolean> {
  const there = await Promise.all(
    [files.tokenFile, files.storedTokensFile].map(async (path) => {
      const text = await readSecret(path);
      await rm(path, { force: true });
      return text !== undefined;
    }),
  );
  return there.includes(true);
}

/** Runs `work` while no other process, the Python client included, renews a stored token. */
export async function withTokenLock<T>(
  { storedTokensFile }: TokenFiles,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = await acquireLock(`${storedTokensFile}.lock`, {
    timeoutMs: LOCK_TIMEOUT_MS,
    signal,
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
