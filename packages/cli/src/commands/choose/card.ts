import { readCard } from "@mlx-download/core";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { renderCard } from "../../text/card.ts";
import { printable } from "../../text/printable.ts";
import { readToken } from "../account/read-token.ts";
import { refuseTwoRevisions } from "../refs/selection.ts";
import { wholeRefs } from "../refs/short-name.ts";

/**
 * `mlx-download card`: prints the model card on standard output, and its licence and origin on
 * standard error.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const token = await readToken(flags, shell);
  const [ref = ""] = await wholeRefs(operands, { flags, token }, shell);
  await refuseTwoRevisions(ref, flags, shell);
  const card = await readCard(ref, {
    revision: flags.revision,
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    ...token,
    env: shell.env,
    signal: shell.interrupt.signal,
  });
  if (!flags.quiet && !flags.json) {
    const rows = [
      { label: "Model", text: card.repoId },
      { label: "License", text: card.license ?? "the card names none" },
      ...card.baseModels.map((text, at) => ({ label: at === 0 ? "Made from" : "", text })),
    ];
    const columns = shell.stderr.isTTY ? shell.stderr.columns : undefined;
    shell.stderr.write(`${renderCard(rows, { ...shell.stderrStyle, columns }).join("\n")}\n\n`);
  }
  const text = card.text.split("\n").map(printable).join("\n").trimEnd();
  await writeResult({ ...card }, `${text}\n`, { flags, shell });
  return 0;
}
