import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { showModel } from "./info.ts";
import { judgeModel } from "./judge-model.ts";

const doesNotFit = 8;

/** `mlx-download fit`: the same as `info`, with a verdict for scripts. `--quiet` writes nothing. */
export async function run(invocation: Invocation, shell: Shell): Promise<number> {
  const { flags, operands } = invocation;
  const [ref = ""] = operands;
  // The public files of a gated model are not enough for a verdict.
  const wish = { ref, publicFacts: false };
  const { fit, inspected } =
    flags.quiet && !flags.json
      ? await judgeModel(wish, flags, shell)
      : await showModel(invocation, shell, wish);
  return fit.verdict === "no" || inspected.loads.verdict === "no" ? doesNotFit : 0;
}
