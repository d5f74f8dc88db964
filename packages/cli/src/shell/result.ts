import { jsonText } from "./output.ts";
import type { Shell } from "./shell.ts";

/** The form of a result that the options ask for. */
export interface ResultForm {
  readonly flags: { readonly json: boolean; readonly events: boolean };
  readonly shell: Pick<Shell, "stdout" | "stdoutStyle">;
}

/** Writes the one JSON value of a command, indented where a terminal shows it. */
export async function writeJson(
  value: unknown,
  { stdout, stdoutStyle }: ResultForm["shell"],
): Promise<void> {
  await stdout.write(jsonText(value, stdoutStyle.columns !== undefined));
}

/**
 * Writes the result of a command in the form that the options ask for: `body` with its schema
 * number as the JSON value or as the last event, otherwise `text` (nothing when it is empty).
 */
export async function writeResult(
  body: Readonly<Record<string, unknown>>,
  text: string,
  { flags, shell }: ResultForm,
): Promise<void> {
  const result = { schema: 1, ...body };
  if (flags.json) await writeJson(result, shell);
  else if (flags.events)
    await shell.stdout.write(
      jsonText({ schema: 1, type: "result", at: Date.now(), result }, false),
    );
  else await shell.stdout.write(text);
}

/** The lines of a command's plain output as one text. Empty without lines. */
export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
