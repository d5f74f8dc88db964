import type { Flags } from "./command-line/flags.ts";
import { CliError } from "./failure/cli-error.ts";
import type { Shell } from "./shell.ts";

/** A token is one short line; more is a mistaken file. */
const longestToken = 4096;

/** The token of `--token` or `--token-stdin`; undefined leaves the choice to the environment. */
export async function readToken(
  { token, tokenStdin }: Pick<Flags, "token" | "tokenStdin">,
  { stdin }: Pick<Shell, "stdin">,
): Promise<string | undefined> {
  if (!tokenStdin) return token;
  let text = "";
  stdin.setEncoding("utf8");
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes("\n") || text.length > longestToken) break;
  }
  const line = text.trim().split(/\r?\n/, 1)[0]?.trim() ?? "";
  if (line !== "" && line.length <= longestToken) return line;
  throw new CliError("--token-stdin found no token on standard input", "cli/usage", {
    hint: "For example: mlx-download org/name --token-stdin < token.txt",
  });
}
