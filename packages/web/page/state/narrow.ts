import { type ReadonlySignal, signal } from "@preact/signals";

const query = matchMedia("(max-width: 52rem)");
const matches = signal(query.matches);
query.addEventListener("change", () => (matches.value = query.matches));

/** Whether the window is too narrow for pages and navigation side by side. The same width as in `style/`. */
export const narrow: ReadonlySignal<boolean> = matches;
