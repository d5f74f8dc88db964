import type { Failure } from "../../src/contract.ts";

/** Made at the first use: the first formatter of a page costs 20 to 40 ms, which the first view would wait for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const number = once(() => new Intl.NumberFormat("en"));
const compact = once(
  () => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }),
);
const day = once(() => new Intl.DateTimeFormat("en", { dateStyle: "medium" }));

/** `4.21 GB`: decimal units, as the Hub shows them. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Memory as it is sold: `64 GB` is 64·2³⁰ bytes. */
export function memoryText(bytes: number): string {
  return `${Math.round(bytes / 2 ** 30)} GB`;
}

/** `12,345` */
export function numberText(value: number): string {
  return number().format(value);
}

/** `1.2M` */
export function compactText(value: number): string {
  return compact().format(value);
}

/** `8k` for 8192 tokens. */
export function tokensText(tokens: number): string {
  if (tokens < 1024) return String(tokens);
  const k = tokens / 1024;
  return k < 1024 ? `${Math.round(k)}k` : `${(k / 1024).toFixed(k % 1024 === 0 ? 0 : 1)}M`;
}

/** `3 min`: about how long. */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/** `3 days ago`. */
export function ageText(at: number, now: number = Date.now()): string {
  const days = Math.floor((now - at) / 86_400_000);
  if (days < 1) return "today";
  if (days === 1) return "yesterday";
  if (days < 60) return `${days} days ago`;
  return days < 730
    ? `${Math.round(days / 30.4)} months ago`
    : `${Math.round(days / 365)} years ago`;
}

/** `Nov 30, 2026`. */
export function dayText(at: number): string {
  return day().format(at);
}

/** `1 file`, `2 files`. */
export function countText(count: number, word: string): string {
  return `${number().format(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** An error's message and its hint as sentences of one line. */
export function failureText({ message, hint }: Failure): string {
  return hint === "" ? message : `${message.replace(/([^.!?…:])$/u, "$1.")} ${hint}`;
}
