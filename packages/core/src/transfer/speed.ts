/** Speed over the last ten seconds: a stall shows at once as a falling figure, never as a frozen one. */
export interface SpeedMeter {
  /** Notes that `bytes` were there in all at `now` (ms). */
  sample(bytes: number, now: number): void;
  /** Bytes a second. */
  bytesPerSecond(now: number): number;
  /** Ms until the `remaining` bytes are here. Null in the first three seconds and while nothing moves. */
  etaMs(remaining: number, now: number): number | null;
}

const WINDOW_MS = 10_000;
const HONEST_AFTER_MS = 3_000;

/** A meter that starts at `startedAt` (ms) with no bytes. */
export function createSpeedMeter(startedAt: number): SpeedMeter {
  const samples: { at: number; bytes: number }[] = [{ at: startedAt, bytes: 0 }];

  const bytesPerSecond = (now: number): number => {
    const first = samples[0];
    const last = samples.at(-1);
    if (first === undefined || last === undefined || now <= first.at) return 0;
    return Math.max(0, Math.round(((last.bytes - first.bytes) * 1000) / (now - first.at)));
  };
  return {
    sample(bytes, now) {
      samples.push({ at: now, bytes });
      // One sample older than the window stays: it is the window's left edge.
      while (samples[1] !== undefined && samples[1].at <= now - WINDOW_MS) samples.shift();
    },
    bytesPerSecond,
    etaMs(remaining, now) {
      if (remaining <= 0) return 0;
      const speed = bytesPerSecond(now);
      if (now - startedAt < HONEST_AFTER_MS || speed === 0) return null;
      return Math.round((remaining * 1000) / speed);
    },
  };
}
