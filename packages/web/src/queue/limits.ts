import type { LimitsNow, QueueLimits } from "../contract.ts";

/** The default limits of a queue: two at once, no limit, 1 MB/s when slow. */
export const defaultLimits: QueueLimits = {
  atOnce: 2,
  bytesPerSecond: null,
  slow: false,
  slowBytesPerSecond: 1_000_000,
  slowHours: null,
};

/** The limits at a time, given in minutes of the local day. The hours may span midnight. */
export function limitsAt(limits: QueueLimits, minutes: number): LimitsNow {
  const { slow, slowHours, slowBytesPerSecond, bytesPerSecond } = limits;
  const slowNow = slow || (slowHours !== null && isWithin(slowHours, minutes));
  const bytesPerSecondNow = slowNow
    ? Math.min(slowBytesPerSecond, bytesPerSecond ?? Infinity)
    : bytesPerSecond;
  return { ...limits, slowNow, bytesPerSecondNow };
}

function isWithin({ from, to }: { from: number; to: number }, minutes: number): boolean {
  return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

/** Reads limits from a request or a file. Undefined where a value makes no sense. */
export function readLimits(value: unknown, base: QueueLimits): QueueLimits | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const next = { ...base, ...value } as Record<keyof QueueLimits, unknown>;
  const { atOnce, bytesPerSecond, slow, slowBytesPerSecond, slowHours } = next;
  const isRate = (rate: unknown): rate is number => isWhole(rate, 1000, 1e12);
  if (!isWhole(atOnce, 1, 8) || typeof slow !== "boolean" || !isRate(slowBytesPerSecond)) {
    return undefined;
  }
  if (bytesPerSecond !== null && !isRate(bytesPerSecond)) return undefined;
  const hours = readHours(slowHours);
  if (hours === undefined) return undefined;
  return { atOnce, bytesPerSecond, slow, slowBytesPerSecond, slowHours: hours };
}

function readHours(value: unknown): QueueLimits["slowHours"] | undefined {
  if (value === null) return null;
  if (typeof value !== "object" || value === undefined) return undefined;
  const { from, to } = value as Record<string, unknown>;
  return isWhole(from, 0, 1439) && isWhole(to, 0, 1439) && from !== to ? { from, to } : undefined;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}
