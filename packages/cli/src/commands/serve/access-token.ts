import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { expandHome } from "@mlx-download/cache";
import { CliError } from "../../failure/cli-error.ts";
import type { Shell } from "../../shell/shell.ts";

/** The token that clients of the mirror must send, and where it lies. */
export interface AccessToken {
  readonly token: string;
  /** Undefined for one of the environment. */
  readonly file: string | undefined;
}

const SHORTEST = 16;

/**
 * The access token of a file, which is made with a new one when it is absent, or else of `MLX_DOWNLOAD_ACCESS_TOKEN`.
 * Undefined without either.
 */
export async function readAccessToken(
  file: string | undefined,
  { env }: Pick<Shell, "env">,
): Promise<AccessToken | undefined> {
  if (file === undefined) {
    const token = env["MLX_DOWNLOAD_ACCESS_TOKEN"]?.trim();
    if (token === undefined || token === "") return undefined;
    return { token: checked(token, "MLX_DOWNLOAD_ACCESS_TOKEN"), file: undefined };
  }
  const path = resolve(expandHome(file, env));
  await makeToken(path);
  return { token: checked((await readFile(path, "utf8")).trim(), path), file: path };
}

/** Writes a new token to a file that only this user can read, unless there is one. */
async function makeToken(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "wx", 0o600);
    await file.writeFile(`${randomBytes(32).toString("base64url")}\n`);
    await file.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** In the characters of a bearer token without `~`, which separates it from a Hub token. */
function checked(token: string, source: string): string {
  if (token.length >= SHORTEST && /^[\w.+/=-]+$/.test(token)) return token;
  throw new CliError(`${source} holds no access token`, "cli/usage", {
    hint: `A token has ${SHORTEST} or more letters, digits, - and _. Name a file that does not exist to have one made.`,
  });
}
