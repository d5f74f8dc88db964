const DAY_MS = 86_400_000;

/** How long ago a time was, in words: `today`, `yesterday`, `12 days ago`. */
export function ageText(at: number, now: number = Date.now()): string {
  const days = Math.floor((now - at) / DAY_MS);
  if (days < 1) return "today";
  return days === 1 ? "yesterday" : `${days} days ago`;
}
