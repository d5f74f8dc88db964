/** Moves the focus between the elements of this selector with the arrow keys, Home and End. */
export function moveByKeys(event: KeyboardEvent, selector: string): void {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  const list = event.currentTarget as HTMLElement;
  if (step === undefined || (event.target as HTMLElement).matches("input, select")) return;
  const rows = [...list.querySelectorAll<HTMLElement>(selector)];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
