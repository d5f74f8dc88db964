import type { Invocation } from "../../command-line/command-spec.ts";
import { diagnose } from "./doctor/diagnose.ts";
import type { Diagnosis } from "./doctor/diagnosis.ts";
import { exitCodeOf } from "../../failure/exit-code-of.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { paint, type Tone } from "../../text/style.ts";

const tones: Readonly<Record<Diagnosis["status"], Tone>> = {
  ok: "good",
  warn: "warn",
  fail: "bad",
  skip: "quiet",
};

/**
 * `mlx-download doctor`: runs every check and prints a line for each. Returns the exit code of the
 * first that failed.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { env, interrupt } = shell;
  const token = await readToken(flags, shell);
  const checks = await diagnose({ env, flags, token, signal: interrupt.signal }, shell);
  const failure = checks.find(({ status }) => status === "fail");
  const ok = failure === undefined;
  const exitCode = ok ? 0 : exitCodeOf(failure.code ?? "");
  if (flags.json) {
    await writeJson({ schema: 1, ok, checks }, shell);
    return exitCode;
  }
  const wide = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, detail, hint }) => [
    `${paint(shell.stdoutStyle, tones[status], status.padEnd(4))}  ${name.padEnd(wide)}  ${printable(detail)}`,
    ...(hint === undefined ? [] : [`${" ".repeat(8 + wide)}${printable(hint)}`]),
  ]);
  await shell.stdout.write(`${lines.join("\n")}\n`);
  return exitCode;
}
