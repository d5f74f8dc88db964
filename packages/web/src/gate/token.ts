import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { replaceBeside } from "@mlx-download/cache/writing";

/** A new token: 256 random bits in 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a text is the token. It takes equally long for every text. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/**
 * The token of the file, which only this user can read. A new one where there is none, it is no token, others could read
 * it, or `renew` asks for one. It stays over restarts, so that open pages go on.
 */
export async function keepToken(path: string, renew = false): Promise<string> {
  const kept = renew ? undefined : await readToken(path);
  if (kept !== undefined) return kept;
  const token = newToken();
  await writePrivate(path, `${token}\n`);
  return token;
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { mode } = await file.stat();
      if (process.platform !== "win32" && (mode & 0o077) !== 0) return undefined;
    } finally {
      await file.close();
    }
    const text = (await readFile(path, "utf8")).trim();
    return /^[\w-]{43}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a file that only this user can read (0600), old or new whole. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceBeside(path, text, 0o600);
}
