/** Joins texts to sentences of one line. A text that has no full stop gets one where another follows. */
export function sentences(...texts: readonly (string | undefined)[]): string {
  const parts = texts.flatMap((text) => text?.trim() || []);
  return parts
    .map((text, at) => (at === parts.length - 1 || /[.!?…:]$/u.test(text) ? text : `${text}.`))
    .join(" ");
}
