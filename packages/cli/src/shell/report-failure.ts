import type { Failure } from "../failure/describe-failure.ts";
import { renderFailure } from "../failure/render-failure.ts";
import { withSourceLines } from "../failure/source-positions.ts";
import { isOn } from "./is-on.ts";
import type { Shell } from "./shell.ts";

/**
 * Reports an error to the user on standard error, also with `--quiet`, which silences only other
 * messages.
 */
export function reportFailure(
  failure: Failure,
  { debug }: { readonly debug: boolean },
  { stderr, stderrStyle, env }: Pick<Shell, "stderr" | "stderrStyle" | "env">,
): void {
  const detailed = debug || isOn(env, "HF_DEBUG");
  const shown = detailed ? { ...failure, chain: failure.chain.map(withSourceLines) } : failure;
  const lines = renderFailure(shown, {
    ...stderrStyle,
    columns: stderr.isTTY ? stderr.columns : undefined,
    debug: detailed,
  });
  stderr.write(`${lines.join("\n")}\n`);
}
