import type { RecordedAnswer } from "./recording.ts";

/**
 * In which ways an answer differs from the one that was recorded: empty where it is the same as far as the recording
 * goes. Headers and fields that the recording does not name may be anything.
 */
export function differences(recorded: RecordedAnswer, answer: RecordedAnswer): string[] {
  const found: string[] = [];
  if (recorded.status !== answer.status) {
    found.push(`status ${answer.status} instead of ${recorded.status}`);
  }
  for (const [name, value] of Object.entries(recorded.headers)) {
    const other = answer.headers[name] ?? null;
    if (other !== value) found.push(`${name}: ${String(other)} instead of ${String(value)}`);
  }
  if (recorded.body !== undefined) compare(recorded.body, answer.body, { at: "body", found });
  return found;
}

function compare(
  recorded: unknown,
  value: unknown,
  { at, found }: { at: string; found: string[] },
): void {
  if (Array.isArray(recorded)) {
    if (!Array.isArray(value)) found.push(`${at}: no list`);
    // Every kind of item that was recorded must be there; others may be.
    else
      for (const [i, item] of recorded.entries()) {
        if (!value.some((other) => matches(item, other))) {
          found.push(
            `${at}[${i}]: nothing like ${JSON.stringify(item)} in ${JSON.stringify(value)}`,
          );
        }
      }
    return;
  }
  if (typeof recorded === "object" && recorded !== null) {
    if (typeof value !== "object" || value === null) {
      found.push(`${at}: ${JSON.stringify(value)} instead of an object`);
      return;
    }
    const fields: Readonly<Record<string, unknown>> = { ...value };
    for (const [name, part] of Object.entries(recorded)) {
      compare(part, fields[name], { at: `${at}.${name}`, found });
    }
    return;
  }
  if (recorded !== value) {
    found.push(`${at}: ${JSON.stringify(value)} instead of ${JSON.stringify(recorded)}`);
  }
}

function matches(recorded: unknown, value: unknown): boolean {
  const found: string[] = [];
  compare(recorded, value, { at: "", found });
  return found.length === 0;
}
