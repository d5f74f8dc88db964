import { sentences } from "@mlx-download/core";
import { ask } from "../../shell/ask.ts";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import type { Shell } from "../../shell/shell.ts";

/** A token is one short line. A longer line means that the wrong file was given. */
const longestToken = 4096;

/** The first line of a pipe or file, without waiting for its end. */
async function firstLine(stdin: Shell["stdin"]): Promise<string> {
  let text = "";
  stdin.setEncoding("utf8");
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.trimStart().includes("\n") || text.length > longestToken) break;
  }
  return text.trim().split(/\r?\n/, 1)[0]?.trim() ?? "";
}

/**
 * A token and its name for messages. Without a token, the libraries use that of the environment.
 */
export interface TokenOptions {
  readonly token?: string | undefined;
  readonly tokenSource?: string | undefined;
}

/** The token of `--token` or `--token-stdin`. */
export async function readGivenToken(
  { token, tokenStdin }: Pick<Flags, "token" | "tokenStdin">,
  shell: Pick<Shell, "stdin" | "stderr" | "interrupt">,
): Promise<string | undefined> {
  if (!tokenStdin) return token;
  const line = shell.stdin.isTTY
    ? (await ask("Hub token (not shown): ", shell, { hidden: true })).trim()
    : await firstLine(shell.stdin);
  if (line !== "" && line.length <= longestToken) return line;
  throw new CliError("--token-stdin found no token on standard input", "cli/usage", {
    hint: "For example: mlx-download org/name --token-stdin < token.txt",
  });
}

/**
 * The token for a command that asks the Hub, from `--token`, `--token-stdin`, or the keychain where
 * that is used. Undefined leaves the choice to the environment. A browser login there is renewed
 * first when it is about to expire.
 */
export async function readToken(
  flags: Pick<Flags, "token" | "tokenStdin" | "endpoint" | "quiet">,
  shell: Pick<Shell, "stdin" | "stderr" | "interrupt" | "env">,
): Promise<TokenOptions> {
  const given = await readGivenToken(flags, shell);
  const { env, stderr, interrupt } = shell;
  if (given !== undefined)
    return { token: given, tokenSource: flags.tokenStdin ? "--token-stdin" : "--token" };
  if (env["HF_TOKEN"]?.trim() || env["HUGGING_FACE_HUB_TOKEN"]?.trim()) return {};
  if (env["MLX_DOWNLOAD_TOKEN_STORE"] === "keychain") {
    const { openKeychain, tokenAccount } = await import("./keychain.ts");
    const keychain = openKeychain(env);
    const token = await keychain.find(tokenAccount(env, flags.endpoint));
    return token === undefined ? {} : { token, tokenSource: keychain.name };
  }
  const { renewToken } = await import("@mlx-download/core/account");
  await renewToken({
    env,
    endpoint: flags.endpoint,
    signal: interrupt.signal,
    onEvent(event) {
      if (event.type === "warning" && event.code === "login/not-renewed" && !flags.quiet)
        stderr.write(`warning: ${sentences(event.message, event.hint)}\n`);
    },
  });
  return {};
}
