import { usage } from "../../../command-line/usage.ts";

/** A span of every day, in minutes after midnight, local time. One that ends before it begins spans midnight. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const DAY = 24 * 60;

/** Parses `03:00-06:00`, also `3-6` and `22:30-5`. Throws `cli/usage`. */
export function parseWindow(text: string): Window {
  const [, h1, m1 = "0", h2, m2 = "0"] =
    /^\s*(\d{1,2})(?::([0-5]\d))?\s*(?:-|–|to)\s*(\d{1,2})(?::([0-5]\d))?\s*$/u.exec(text) ?? [];
  const from = Number(h1) * 60 + Number(m1);
  const to = (Number(h2) * 60 + Number(m2)) % DAY;
  const hours = [Number(h1), Number(h2)];
  if (h1 === undefined || hours.some((hour) => hour > 24) || from >= DAY || from === to) {
    throw usage(`"${text}" is no span of the day`, 'Write it like "03:00-06:00".');
  }
  return { from, to };
}

/** `03:00-06:00` */
export function windowText({ from, to }: Window): string {
  const time = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return `${time(from)}-${time(to)}`;
}

/** How long the window stays open, in ms. Undefined outside of it. */
export function msLeft({ from, to }: Window, now: Date): number | undefined {
  const minutes = now.getHours() * 60 + now.getMinutes();
  const length = (to - from + DAY) % DAY;
  const passed = (minutes - from + DAY) % DAY;
  if (passed >= length) return undefined;
  return (length - passed) * 60_000 - now.getSeconds() * 1000 - now.getMilliseconds();
}
