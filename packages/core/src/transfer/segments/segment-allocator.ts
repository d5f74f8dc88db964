import type { ByteRange } from "../disk/ranges.ts";

/** A range that a read fetches now. Its end moves towards its position when another read takes over the far half. */
export interface Lease {
  readonly start: number;
  /** Exclusive. It may have moved closer since. */
  readonly end: number;
  /** The next byte wanted. */
  readonly position: number;
  /** When the lease was taken over from a stalled read: how long that read stood still, in ms. */
  readonly stoodStillMs?: number | undefined;
  /** Notes that everything before `position` is here. */
  advance(position: number, now: number): void;
  /** The lease is not taken over before this time, because its reader waits before it asks again. */
  rest(until: number): void;
  /** Calls `listener` whenever the end comes nearer. */
  onShrink(listener: () => void): void;
  /** All of it is here, or it was given up. */
  release(): void;
}

/** Hands out the missing ranges of one blob, in order, in pieces that fit the speed. */
export interface SegmentAllocator {
  /**
   * The next piece for one of `connections`, or undefined when nothing left is worth a request now. A piece takes up to
   * six seconds, less where answers come quickly. Towards the end each round of pieces is smaller. The rest of a slow
   * or stalled lease is handed out again. When everything is handed out, the far end of the lease that would finish
   * last is split off, sized so that both parts end together.
   */
  take(connections: number, now: number): Lease | undefined;
  /**
   * Call it at intervals: it ends leases that crawl or stand still while others deliver. Hashing follows the lowest
   * piece, and an unfinished one would leave all the rest to be hashed at the end.
   */
  review(now: number): void;
  /** Whether any read is still running. Then `take` may return a piece later. */
  readonly busy: boolean;
}

/** Smallest piece worth a request of its own: below it the round trip costs more than the parallelism gives. */
export const MIN_SEGMENT_BYTES: number = 4 * 1024 * 1024;
/** Largest piece, however fast the line. */
export const MAX_SEGMENT_BYTES: number = 128 * 1024 * 1024;
// Of a line that seems to stand still: the next round will know better.
const SHORTEST_SEGMENT_BYTES = 1024 * 1024;
// Of a line nothing is known of.
const FIRST_SEGMENT_BYTES = 8 * 1024 * 1024;
// For a connection measured only briefly: the burst that a server sends before it settles looks ten times as fast.
const GLANCED_SEGMENT_BYTES = 32 * 1024 * 1024;
// Waiting for an answer costs no more than a fortieth of the time, and hashing, which follows the lowest piece, lags no
// further behind than that asks for.
const LONGEST_PIECE_MS = 6_000;
const SHORTEST_PIECE_MS = 250;
const PIECE_PER_LATENCY = 40;
// The last pieces: shorter ones would wait more than they bring.
const LAST_PIECE_PER_LATENCY = 4;
// The share of the rest that goes to a round of equal pieces. Hashing is three times as fast as most lines, so it takes
// in one round while the next, a third of it, arrives.
const ROUND_SHARE = 0.65;
// Bytes over this time give a speed. At the very beginning only a shorter measurement exists.
const TELLING_MS = 100;
const GLANCE_MS = 20;
const MIN_STOLEN_BYTES = 128 * 1024;
// A lease that ends sooner by itself is left alone.
const STEAL_AFTER_MS = 1_500;
// An answer that takes so many times as long as the quickest is no longer waited for.
const PATIENCE_PER_LATENCY = 3;
// After this time without a byte, the earlier speed of a lease no longer counts.
const SILENT_MS = 1_500;
// Who brought something so lately is at work.
const LIVELY_MS = 500;
// After this time, a lease that is taken over is reported as stalled.
const STILL_MS = 1_000;
// One that brings less than this share of the usual gets nothing left to do …
const CRAWL_SHARE = 0.1;
// … but a rest is taken over so often only: then it is the server's fault or the line's, and tries are counted.
const MAX_MOVES = 3;

interface ActiveLease extends Lease {
  end: number;
  position: number;
  readonly startedAt: number;
  /** When its first bytes were here, and how many those were. */
  firstAt: number | undefined;
  firstBytes: number;
  seenAt: number;
  restsUntil: number;
  /** How often these bytes were taken over whole. */
  readonly moves: number;
  shrunk: () => void;
}

/** No read fetches it now. */
interface FreeRange {
  start: number;
  readonly end: number;
  readonly moves: number;
  stoodStillMs: number | undefined;
}

/** An allocator over the missing ranges of a blob, in order. */
export function createSegmentAllocator(missing: readonly ByteRange[]): SegmentAllocator {
  const free = missing.map(({ start, end }): FreeRange => ({
    start,
    end,
    moves: 0,
    stoodStillMs: undefined,
  }));
  let unassigned = free.reduce((sum, range) => sum + range.end - range.start, 0);
  const active = new Set<ActiveLease>();
  /** Bytes per ms of a connection, from the leases that ended last. */
  let speed = 0;
  /** Ended since then, too short to tell one by one. */
  let ended = { bytes: 0, ms: 0 };
  /** The shortest time from asking to the first byte, ms: one that had to connect or to find the way took longer. */
  let latency = Infinity;
  /** Pieces of the present round that are still to be handed out, and their size. */
  let round = { pieces: 0, bytes: 0 };
  const speedOf = (one: ActiveLease, now: number): number =>
    now - one.startedAt > TELLING_MS && now - one.seenAt < SILENT_MS
      ? (one.position - one.start) / (now - one.startedAt)
      : 0;
  /** The same from its first bytes on, which is all there is at the very beginning. */
  const glance = (one: ActiveLease, now: number): number =>
    one.firstAt !== undefined && now - one.firstAt > GLANCE_MS
      ? (one.position - one.start - one.firstBytes) / (now - one.firstAt)
      : 0;
  const isSettled = ({ firstAt }: ActiveLease, now: number): boolean =>
    firstAt !== undefined && now - firstAt > TELLING_MS;
  /** The rate of a connection here, from ended leases and the best of those under way. */
  const usualSpeed = (now: number): number =>
    Math.max(speed, ...[...active].map((one) => speedOf(one, now)));

  const lease = ({ start, end }: ByteRange, now: number, from?: FreeRange): Lease => {
    const one: ActiveLease = {
      start,
      end,
      position: start,
      startedAt: now,
      firstAt: undefined,
      firstBytes: 0,
      seenAt: now,
      restsUntil: now,
      moves: from?.moves ?? 0,
      stoodStillMs: from?.stoodStillMs,
      shrunk: () => undefined,
      onShrink(listener) {
        one.shrunk = listener;
      },
      rest(until) {
        one.restsUntil = until;
      },
      advance(position, at) {
        one.position = position;
        one.seenAt = at;
        if (one.firstAt !== undefined) return;
        one.firstAt = at;
        one.firstBytes = position - start;
        latency = Math.min(latency, at - now);
      },
      release() {
        active.delete(one);
        if (one.seenAt === one.startedAt) return;
        ended = {
          bytes: ended.bytes + one.position - start,
          ms: ended.ms + one.seenAt - one.startedAt,
        };
        if (ended.ms <= TELLING_MS) return;
        speed = ended.bytes / ended.ms;
        ended = { bytes: 0, ms: 0 };
      },
    };
    active.add(one);
    return one;
  };

  /** Takes slow or stalled leases from their readers. All that is left of them is handed out again. */
  const reclaim = (now: number): void => {
    const usual = usualSpeed(now);
    for (const one of active) {
      const { position: start, end, moves } = one;
      if (start >= end || !isLate(one, now) || !crawls(one, usual, now)) continue;
      const idleMs = now - Math.max(one.seenAt, one.restsUntil);
      const stoodStillMs = idleMs < STILL_MS ? undefined : idleMs;
      free.push({ start, end, moves: moves + 1, stoodStillMs });
      free.sort((a, b) => a.start - b.start);
      unassigned += end - start;
      round = { pieces: 0, bytes: 0 };
      one.end = start;
      one.shrunk();
    }
  };
  /** The far end of the lease that will take longest, when that is long enough. */
  const steal = (now: number): Lease | undefined => {
    let slowest: ActiveLease | undefined;
    let longest = STEAL_AFTER_MS;
    for (const one of active) {
      const left = one.end - one.position;
      if (left < 2 * MIN_STOLEN_BYTES || !isLate(one, now)) continue;
      const time = left / Math.max(speedOf(one, now), 1e-6);
      if (time > longest) [slowest, longest] = [one, time];
    }
    if (slowest === undefined) return undefined;
    const { position, end } = slowest;
    const own = speedOf(slowest, now);
    const kept = own / (own + usualSpeed(now) || 1);
    const left = end - position;
    const near = Math.max(MIN_STOLEN_BYTES, Math.min(left - MIN_STOLEN_BYTES, left * kept));
    const cut = position + Math.ceil(near);
    const stolen = lease({ start: cut, end }, now);
    slowest.end = cut;
    slowest.shrunk();
    return stolen;
  };
  /** Has it asked, and nothing came yet? */
  const asks = (one: ActiveLease): boolean =>
    one.firstAt === undefined || one.restsUntil > one.seenAt;
  const patienceWith = (one: ActiveLease): number =>
    asks(one) && latency < Infinity
      ? Math.max(STEAL_AFTER_MS, PATIENCE_PER_LATENCY * latency)
      : STEAL_AFTER_MS;
  const isLate = (one: ActiveLease, now: number): boolean =>
    now - one.restsUntil >= patienceWith(one) * 2 ** one.moves;
  const crawls = (one: ActiveLease, usual: number, now: number): boolean => {
    const still = !asks(one) && now - one.seenAt >= SILENT_MS;
    return one.moves < MAX_MOVES && (still || speedOf(one, now) < usual * CRAWL_SHARE);
  };

  /** As many equal pieces as there are connections: they end together, and each round is smaller than the last. */
  const nextRound = (connections: number, now: number): typeof round => {
    const told = speed > 0 || [...active].some((one) => isSettled(one, now));
    const usual = Math.max(usualSpeed(now), ...[...active].map((one) => glance(one, now)));
    const known = usual > 0 && latency < Infinity;
    const largest = told ? MAX_SEGMENT_BYTES : GLANCED_SEGMENT_BYTES;
    const ms = Math.max(SHORTEST_PIECE_MS, Math.min(LONGEST_PIECE_MS, PIECE_PER_LATENCY * latency));
    const most = known
      ? Math.max(SHORTEST_SEGMENT_BYTES, Math.min(largest, usual * ms))
      : FIRST_SEGMENT_BYTES;
    const last = known ? LAST_PIECE_PER_LATENCY * latency * usual : 0;
    const least = Math.max(MIN_SEGMENT_BYTES, Math.min(most, last));
    const each = unassigned / Math.max(1, connections);
    // The last round takes all: a few more pieces after it would keep only some of the connections busy.
    const isLast = each <= 2 * least && (told || !known);
    const fair = isLast ? Math.max(MIN_SEGMENT_BYTES, each) : each * ROUND_SHARE;
    const bytes = Math.ceil(Math.min(most, fair));
    return { pieces: known ? connections - 1 : 0, bytes };
  };

  return {
    get busy() {
      return active.size > 0;
    },
    review(now) {
      // Where all are silent it is the line, and new connections would be as silent.
      if ([...active].some((one) => now - one.seenAt < LIVELY_MS)) reclaim(now);
    },
    take(connections, now) {
      reclaim(now);
      const range = free[0];
      if (range === undefined) return steal(now);
      round.pieces -= 1;
      if (round.pieces < 0) round = nextRound(connections, now);
      const wanted = Math.min(round.bytes, unassigned);
      const length = range.end - range.start;
      // A rest that would be too small for a request goes with this one.
      const taken = length - wanted < MIN_SEGMENT_BYTES / 2 ? length : wanted;
      const piece = lease({ start: range.start, end: range.start + taken }, now, range);
      range.start += taken;
      range.stoodStillMs = undefined;
      unassigned -= taken;
      if (range.start === range.end) free.shift();
      return piece;
    },
  };
}

/** Hands out one range as it is, once. Hands out nothing when it is empty. */
export function oneLease(range: ByteRange): () => Lease | undefined {
  let given = range.start >= range.end;
  return () => {
    if (given) return undefined;
    given = true;
    let { start: position } = range;
    return {
      ...range,
      get position() {
        return position;
      },
      advance(to) {
        position = to;
      },
      rest: () => undefined,
      onShrink: () => undefined,
      release: () => undefined,
    };
  };
}
