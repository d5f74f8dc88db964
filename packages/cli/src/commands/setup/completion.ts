import type { Invocation } from "../../command-line/command-spec.ts";
import type { CommandTable } from "../../command-line/command-spec.ts";
import { suggest } from "../../command-line/suggest.ts";
import { usage } from "../../command-line/usage.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

const scripts: ReadonlyMap<string, (table: CommandTable) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/**
 * `mlx-download completion`: prints the script for one shell, made from the command table. Makes no
 * request.
 */
export async function run({ operands, flags, table }: Invocation, shell: Shell): Promise<number> {
  const [name = ""] = operands;
  const script = scripts.get(name)?.(table);
  if (script === undefined) {
    const meant = suggest(name, scripts.keys());
    throw usage(
      `there is no completion for "${name}"`,
      meant === undefined ? "There is bash, zsh and fish." : `Did you mean ${meant}?`,
    );
  }
  await writeResult({ shell: name, script }, script, { flags, shell });
  return 0;
}
