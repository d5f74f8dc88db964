import type { Failure } from "../failure/describe-failure.ts";
import { renderFailure } from "../failure/render-failure.ts";
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
  const lines = renderFailure(failure, {
    ...stderrStyle,
    columns: stderr.isTTY ? stderr.columns : undefined,
    debug: debug || isOn(env, "HF_DEBUG"),
  });
  stderr.write(`${lines.join("\n")}\n`);
}
