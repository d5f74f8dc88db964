import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { showModel } from "./info.ts";
import { judgeModel } from "./judge-model.ts";

const doesNotFit = 8;

/** `mlx-download fit`: as `info`, with a verdict for scripts; `--quiet` writes nothing. */
export async function run(invocation: Invocation, shell: Shell): Promise<number> {
  const { flags, operands } = invocation;
  const { fit, inspected } =
    flags.quiet && !flags.json
      ? await judgeModel(operands[0] ?? "", flags, shell)
      : await showModel(invocation, shell);
  return fit.verdict === "no" || inspected.loads.verdict === "no" ? doesNotFit : 0;
}
