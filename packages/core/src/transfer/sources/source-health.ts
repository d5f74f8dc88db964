/** The record of one of several sources while a download runs. Times are monotonic, in ms. */
export interface SourceHealth {
  /** Recent bytes per ms of one connection. Undefined before the first measurement. */
  speed: number | undefined;
  /** When it was measured last. */
  measuredAt: number;
  /** Reads under way. */
  active: number;
  /** Failures since it last delivered. */
  failures: number;
  /** It is left alone until then. */
  restingUntil: number;
  /** Bytes from it failed verification. */
  lied: boolean;
}

// Below this share of the best one's speed a source is not worth a connection …
const SLOW_SHARE = 0.1;
// … but things change: so long after its last measurement it gets another chance.
const LOOK_AGAIN_MS = 30_000;
const SAMPLE_MS = 100;
const REST_MS = 1_000;
const MAX_REST_MS = 30_000;

/** A source that nothing is known of. */
export function freshHealth(): SourceHealth {
  return {
    speed: undefined,
    measuredAt: -Infinity,
    active: 0,
    failures: 0,
    restingUntil: -Infinity,
    lied: false,
  };
}

/** Records that a read brought `bytes` in `ms`. A read too short to tell anything is ignored. */
export function noteSpeed(
  health: SourceHealth,
  read: { readonly bytes: number; readonly ms: number; readonly now: number },
): void {
  const { bytes, ms, now } = read;
  if (bytes > 0) health.failures = 0;
  if (ms < SAMPLE_MS) return;
  health.speed = health.speed === undefined ? bytes / ms : (health.speed + bytes / ms) / 2;
  health.measuredAt = now;
}

/** Notes a failure: the source rests, longer each time, or as long as it asked for. */
export function noteFailure(
  health: SourceHealth,
  failed: { readonly now: number; readonly retryAfterMs?: number | undefined },
): void {
  health.failures += 1;
  const rest = Math.min(MAX_REST_MS, REST_MS * 2 ** (health.failures - 1));
  health.restingUntil = failed.now + Math.max(rest, failed.retryAfterMs ?? 0);
}

/** Forgets the failures of a source that has come back. */
export function forgive(health: SourceHealth): void {
  health.failures = 0;
  health.restingUntil = -Infinity;
}

/**
 * Chooses the source for the next read. A source that sent wrong bytes is used only when there is no other. A healthy
 * source comes before one that rests, and an untried one before a second read of another. After that the reads are in
 * proportion to speed. Returns an index, undefined when there is none. Earlier sources win ties. Pure.
 */
export function chooseSource(sources: readonly SourceHealth[], now: number): number | undefined {
  const all = sources.map((health, index) => ({ health, index }));
  const honest = all.filter(({ health }) => !health.lied);
  const trusted = honest.length > 0 ? honest : all;
  const awake = trusted.filter(({ health }) => health.restingUntil <= now);
  if (awake.length === 0) return least(trusted, ({ health }) => health.restingUntil);

  const best = Math.max(0, ...awake.map(({ health }) => health.speed ?? 0));
  const untried = awake.find(({ health }) => health.speed === undefined && health.active === 0);
  const someoneWorks = awake.some(({ health }) => health.active > 0 || health.speed !== undefined);
  if (untried !== undefined && someoneWorks) return untried.index;

  const useful = awake.filter(
    ({ health }) =>
      health.speed === undefined ||
      health.speed >= best * SLOW_SHARE ||
      (health.active === 0 && now - health.measuredAt > LOOK_AGAIN_MS),
  );
  // Of one that is being measured for the first time nothing better is known than the best.
  return least(useful, ({ health }) => (health.active + 1) / (health.speed ?? Math.max(best, 1)));
}

function least(
  candidates: readonly { readonly health: SourceHealth; readonly index: number }[],
  cost: (candidate: { readonly health: SourceHealth }) => number,
): number | undefined {
  let found: { readonly health: SourceHealth; readonly index: number } | undefined;
  for (const one of candidates) {
    if (found === undefined || cost(one) < cost(found)) found = one;
  }
  return found?.index;
}
