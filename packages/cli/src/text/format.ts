const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A number with three significant digits: `4.62`, `71.4`, `612`. */
function threeDigits(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** The power of 1000 in which `bytes` reads best. 999.6 kB already counts as 1.00 MB. */
function byteScale(bytes: number): number {
  let scale = 0;
  for (let rest = bytes; rest >= 999.5 && scale < byteUnits.length - 1; rest /= 1000) scale += 1;
  return scale;
}

/** Bytes in decimal units with three significant digits (`4.62 GB`), as the Hub shows them. */
export function formatBytes(bytes: number): string {
  const scale = byteScale(bytes);
  const value = bytes / 1000 ** scale;
  return `${scale === 0 ? Math.round(value) : threeDigits(value)} ${byteUnits[scale]}`;
}

/** Part and whole, the unit written once where both share it: `2.11 of 3.41 GB`, `912 MB of 1.28 GB`. */
export function formatBytesOf(part: number, whole: number): string {
  const [left, right] = [formatBytes(part), formatBytes(whole)];
  const unit = right.slice(right.lastIndexOf(" "));
  return `${left.endsWith(unit) ? left.slice(0, -unit.length) : left} of ${right}`;
}

/** Bytes a second: `10.9 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A length of time, at most two units: `0.4 s`, `42 s`, `5m14s`, `1h05m`, `2d3h`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, "0")}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${String(minutes % 60).padStart(2, "0")}m`;
  return `${Math.floor(hours / 24)}d${hours % 24}h`;
}

/** Time spent waiting, in whole seconds while that is short: `12 s`, `2m05s`. */
export function formatWait(ms: number): string {
  return ms < 59_500 ? `${Math.max(0, Math.round(ms / 1000))} s` : formatDuration(ms);
}

/** A share as whole percent. 100 only when nothing is missing, 0 only when nothing is there. */
export function formatPercent(part: number, whole: number): string {
  if (whole <= 0 || part >= whole) return "100%";
  const percent = Math.round((part / whole) * 100);
  return `${Math.min(99, Math.max(part > 0 ? 1 : 0, percent))}%`;
}

/** A whole number, `1,204`. By hand: the first use of `Intl` takes 14 ms and 9 MB. */
export function formatNumber(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/gu, ",");
}

/** `1 file`, `9 files`, `1,204 files`. */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A count of parameters with three significant digits: `8.19 B`, `270 M`, `1.03 T`. */
export function formatParameters(count: number): string {
  const steps = Math.min(3, Math.max(0, Math.floor(Math.log10(count / 999.5) / 3)));
  return `${threeDigits(count / 1000 ** (steps + 1))} ${["K", "M", "B", "T"][steps]}`;
}

/** A commit as people write it: its first seven digits. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}
