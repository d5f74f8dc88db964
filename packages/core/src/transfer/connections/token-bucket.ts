/**
 * Counts bytes against a rate, as a queue: each spender gets a ticket, and the ticket is good when its bytes are paid
 * for. Pure: `now` is a monotonic clock in ms.
 */
export interface TokenBucket {
  /** Records `bytes` received. Returns the ticket to wait for. */
  spend(bytes: number, now: number): number;
  /** Ms until a ticket is good. 0 when it is good already. */
  wait(ticket: number, now: number): number;
  /** Changes the rate (bytes a second) from now on. Tickets already given out keep their order. */
  setRate(bytesPerSecond: number, now: number): void;
}

// Unused bytes of the last tenth of a second may still be used. Older ones expire.
const BURST_SECONDS = 0.1;

/** A bucket of `bytesPerSecond`, full. */
export function createTokenBucket(bytesPerSecond: number, now: number): TokenBucket {
  let rate = bytesPerSecond;
  let spent = 0;
  /** The number of bytes paid for. It grows with time, and never far beyond the bytes spent. */
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
