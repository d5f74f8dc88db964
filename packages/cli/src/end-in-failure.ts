import { nearModel } from "./commands/refs/near-model.ts";
import { CliError } from "./failure/cli-error.ts";
import { describeFailure, failureJson } from "./failure/describe-failure.ts";
import { jsonText } from "./shell/output.ts";
import { reportFailure } from "./shell/report-failure.ts";
import type { Shell } from "./shell/shell.ts";

/**
 * Reports `thrown` to people, and in the form that `words` (the given options) ask for. Returns the
 * exit code.
 */
export async function endInFailure(
  thrown: unknown,
  words: readonly string[],
  shell: Shell,
): Promise<number> {
  const { agent, interrupt, processEnv, stdout } = shell;
  const events = words.includes("--events");
  const json = words.includes("--json") || (agent && !events);
  const at = words.indexOf("--token");
  const secrets = [
    at < 0 ? undefined : words[at + 1],
    words.find((word) => word.startsWith("--token="))?.slice("--token=".length),
    processEnv["HF_TOKEN"],
    processEnv["HUGGING_FACE_HUB_TOKEN"],
  ];
  // Node rejects with its own AbortError when it was waiting. The signal has the reason.
  const stopped = interrupt.signal.aborted && !(thrown instanceof CliError);
  const error = stopped ? interrupt.signal.reason : thrown;
  const failure = describeFailure(error, { secrets, meant: await nearModel(error, shell) });
  if (!agent) reportFailure(failure, { debug: words.includes("--debug") }, shell);
  const body = failureJson(failure);
  if (!events && !json) return failure.exitCode;
  const text = events
    ? jsonText(errorEvent(body), false)
    : jsonText({ schema: 1, error: body }, shell.stdoutStyle.columns !== undefined);
  // Where nothing can be written any more, the exit code says it.
  await stdout.write(text).catch(() => undefined);
  return failure.exitCode;
}

function errorEvent(body: Readonly<Record<string, unknown>>): object {
  const about = typeof body["repoId"] === "string" ? { repoId: body["repoId"] } : {};
  return { schema: 1, type: "error", at: Date.now(), ...about, error: body };
}
