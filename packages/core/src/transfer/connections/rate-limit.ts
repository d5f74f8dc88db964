import { checkRate } from "../../settings/parse-rate.ts";
import type { RateLimit } from "../../contract/rate-limit.ts";
import { createTokenBucket } from "./token-bucket.ts";

// The bytes of 50 ms: eight connections then take turns too quickly to notice.
const PORTION_SECONDS = 0.05;
const MIN_PORTION = 1024;

/** A limit of its own, for the `limitRate` option of one or several downloads. */
export function createRateLimit(bytesPerSecond: number = Infinity): RateLimit {
  let rate = checkRate(bytesPerSecond);
  let bucket = createTokenBucket(rate, performance.now());
  const queue: { readonly ticket: number; readonly resolve: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const serve = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const ms = rate === Infinity ? 0 : bucket.wait(first.ticket, performance.now());
      if (ms > 0) {
        timer = setTimeout(serve, Math.ceil(ms));
        return;
      }
      queue.shift();
      first.resolve();
    }
  };
  return {
    get bytesPerSecond() {
      return rate;
    },
    set bytesPerSecond(value) {
      const now = performance.now();
      const before = rate;
      rate = checkRate(value);
      if (before === Infinity) bucket = createTokenBucket(rate, now);
      else if (rate !== Infinity) bucket.setRate(rate, now);
      serve();
    },
    get portion() {
      return Math.max(MIN_PORTION, Math.floor(rate * PORTION_SECONDS));
    },
    spend(bytes) {
      if (rate === Infinity) return undefined;
      const now = performance.now();
      const ticket = bucket.spend(bytes, now);
      if (queue.length === 0 && bucket.wait(ticket, now) === 0) return undefined;
      return new Promise((resolve) => {
        queue.push({ ticket, resolve });
        if (queue.length === 1) serve();
      });
    },
  };
}
