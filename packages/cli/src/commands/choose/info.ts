import type { Invocation } from "../../command-line/command-spec.ts";
import { textOf, writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { judgeModel, type JudgedModel, type ModelWish } from "./judge-model.ts";
import { modelCard } from "./model-card.ts";
import { modelJson } from "./model-json.ts";

/** `mlx-download info`: the card, or its figures as JSON. */
export async function run(invocation: Invocation, shell: Shell): Promise<number> {
  await showModel(invocation, shell, { publicFacts: true });
  return 0;
}

/** Judges the named model and writes the result. */
export async function showModel(
  { operands, flags }: Invocation,
  shell: Shell,
  options: Pick<ModelWish, "publicFacts">,
): Promise<JudgedModel> {
  const [ref = ""] = operands;
  const judged = await judgeModel({ ref, ...options }, flags, shell);
  // The card is drawn only where it is shown.
  const text = flags.json ? "" : textOf(modelCard(judged, shell.stdoutStyle));
  await writeResult(modelJson(judged), text, { flags, shell });
  return judged;
}
