import { ask } from "./ask.ts";
import type { Flags } from "./command-line/flags.ts";
import { CliError } from "./failure/cli-error.ts";
import type { Shell } from "./shell.ts";

/** A token is one short line; more is a mistaken file. */
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

/** The token of `--token` or `--token-stdin`; undefined leaves the choice to the environment. */
export async function readToken(
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
