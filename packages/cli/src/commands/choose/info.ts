import type { Invocation } from "../../command-line/command-spec.ts";
import { jsonText } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { judgeModel, type JudgedModel } from "./judge-model.ts";
import { modelCard } from "./model-card.ts";
import { modelJson } from "./model-json.ts";

/** `mlx-download info`: the card, or its figures as JSON. */
export async function run(invocation: Invocation, shell: Shell): Promise<number> {
  await showModel(invocation, shell);
  return 0;
}

/** Judges the model that is named and writes what there is to say about it. */
export async function showModel(
  { operands, flags }: Invocation,
  shell: Shell,
): Promise<JudgedModel> {
  const [ref = ""] = operands;
  const judged = await judgeModel(ref, flags, shell);
  if (flags.json) {
    await shell.stdout.write(jsonText(modelJson(judged), shell.stdoutColumns !== undefined));
  } else {
    const style = { ...shell.stdoutStyle, columns: shell.stdoutColumns };
    await shell.stdout.write(`${modelCard(judged, style).join("\n")}\n`);
  }
  return judged;
}
