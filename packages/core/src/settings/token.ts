import { readFile } from "node:fs/promises";
import { readSwitch, readText } from "./environment.ts";
import { ModelDownloadError } from "../contract/errors.ts";

/** A Hub token and where it came from, in words for messages (`HF_TOKEN`, `the token file /…/token` …). */
export interface FoundToken {
  readonly token: string;
  readonly source: string;
}

/** Where to look. */
export interface TokenPlaces {
  readonly env: NodeJS.ProcessEnv;
  /** The caller's choice: a token, or false for none at all. */
  readonly token?: string | false | undefined;
  /** The origin of that token. Default `the token option`. */
  readonly tokenSource?: string | undefined;
  /** Absolute path of the token file. */
  readonly tokenFile: string;
  /** Told why a token file was passed over. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * The first token of: the option, `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, the token file. With
 * `HF_HUB_DISABLE_IMPLICIT_TOKEN`, only the option counts. White space around it is dropped. Throws `settings/invalid`
 * for one that cannot be a header (the message names its source, never its value).
 */
export async function findToken(places: TokenPlaces): Promise<FoundToken | undefined> {
  const { env, token } = places;
  if (token === false) return undefined;
  const given = checked(token, places.tokenSource ?? "the token option");
  if (given || readSwitch(env, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) return given;
  return (
    checked(readText(env, "HF_TOKEN"), "HF_TOKEN") ??
    checked(readText(env, "HUGGING_FACE_HUB_TOKEN"), "HUGGING_FACE_HUB_TOKEN") ??
    checked(await readTokenFile(places), `the token file ${places.tokenFile}`)
  );
}

async function readTokenFile({ tokenFile, onWarning }: TokenPlaces): Promise<string | undefined> {
  try {
    return await readFile(tokenFile, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      onWarning?.(
        `The token file ${tokenFile} cannot be read (${code}). Continuing without a token.`,
      );
    }
    return undefined;
  }
}

function checked(text: string | undefined, source: string): FoundToken | undefined {
  const token = text?.trim();
  if (!token) return undefined;
  if (/^[\u0021-\u007e]{1,4096}$/.test(token)) return { token, source };
  throw new ModelDownloadError(`The token in ${source} is not a token`, "settings/invalid", {
    hint: "A token is one line without spaces, as shown at https://huggingface.co/settings/tokens.",
    data: { source },
  });
}
