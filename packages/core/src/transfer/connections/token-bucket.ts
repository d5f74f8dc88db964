/**
 * Counts bytes against a rate, as a queue: whoever spends gets a ticket, and the ticket is good when so many bytes are
 * paid for. Pure: `now` is a monotonic clock in ms.
 */
export interface TokenBucket {
  /** Notes that `bytes` came; returns the ticket to wait for. */
  spend(bytes: number, now: number): number;
  /** Ms until a ticket is good; 0 when it is. */
  wait(ticket: number, now: number): number;
  /** Changes the rate (bytes a second) from now on; tickets that were given out keep their order. */
  setRate(bytesPerSecond: number, now: number): void;
}

// What was not used in the last tenth of a second may still be used; what was not used before is gone.
const BURST_SECONDS = 0.1;

/** A bucket of `bytesPerSecond`, full. */
export function createTokenBucket(bytesPerSecond: number, now: number): TokenBucket {
  let rate = bytesPerSecond;
  let spent = 0;
  /** So many bytes are paid for: grows with time, and never far beyond what was spent. */
  let paid = rate * BURST_SECONDS;
  let at = now;

  const advance = (to: number): void => {
    paid = Math.min(spent + rate * BURST_SECONDS, paid + ((to - at) * rate) / 1000);
    at = to;
  };
  return {
    spend(bytes, to) {
      advance(to);
      spent += bytes;
      return spent;
    },
    wait(ticket, to) {
      advance(to);
      return ticket <= paid ? 0 : ((ticket - paid) * 1000) / rate;
    },
    setRate(value, to) {
      advance(to);
      rate = value;
    },
  };
}
