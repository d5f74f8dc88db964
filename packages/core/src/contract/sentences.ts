/** Joins texts to sentences of one line. A text that has no full stop gets one where another follows. */
export function sentences(...texts: readonly (string | undefined)[]): string {
  const said = texts.flatMap((text) => text?.trim() || []);
  return said
    .map((text, at) => (at === said.length - 1 || /[.!?…:]$/u.test(text) ? text : `${text}.`))
    .join(" ");
}
