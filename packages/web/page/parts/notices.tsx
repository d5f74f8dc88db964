import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { failureOf, post } from "../state/api.ts";
import { removals } from "../state/live.ts";
import { bytesText, failureText } from "../text/format.ts";

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad";
}

const notices = signal<readonly Notice[]>([]);
let lastId = 0;
const SHOWN_MS = 6000;

/** Says something in passing. */
export function notify(text: string, tone: Notice["tone"] = "good"): void {
  const id = ++lastId;
  notices.value = [...notices.value, { id, text, tone }].slice(-4);
  setTimeout(() => {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  }, SHOWN_MS);
}

/** Does something, and shows its error. */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<void> {
  try {
    await action();
    if (done !== undefined) notify(done);
  } catch (error) {
    notify(failureText(failureOf(error)), "bad");
  }
}

/** Messages that pass, and actions that can be undone. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {removals.value.map((removal) => (
        <div key={removal.id} class={`notice ${removal.state === "failed" ? "bad" : ""}`}>
          <span>
            {removal.error === null
              ? `${removal.title} goes in a moment: ${bytesText(removal.bytes)}`
              : failureText(removal.error)}
          </span>
          <button
            type="button"
            onClick={() => void attempt(() => post("library/undo", { id: removal.id }))}
          >
            {removal.error === null ? "Undo" : "Close"}
          </button>
        </div>
      ))}
      {notices.value.map(({ id, text, tone }) => (
        <div key={id} class={`notice ${tone}`}>
          {text}
        </div>
      ))}
    </div>
  );
}
