import { wrapWords } from "../text/display-width.ts";
import { printable } from "../text/printable.ts";
import type { Shell } from "./shell.ts";

/**
 * Writes a line for people on standard error, broken between words where a terminal is narrower. `mark` is put in front as
 * it is, such as a painted word, and `width` are its columns.
 */
export function say(
  text: string,
  { stderr }: Pick<Shell, "stderr">,
  { mark = "", width = 0 }: { readonly mark?: string; readonly width?: number } = {},
): void {
  const blank = " ".repeat(width);
  const columns = stderr.isTTY ? stderr.columns - 1 : Number.POSITIVE_INFINITY;
  const [first = "", ...rest] = wrapWords(`${blank}${printable(text)}`, columns, 2);
  stderr.write(`${[mark + first.slice(width), ...rest].join("\n")}\n`);
}
