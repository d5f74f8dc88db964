// mlx-lm's caches grow in steps of this many tokens (`step` of its cache classes).
const STEP = 256;

/** A prompt as `generate_step` processes it. */
export interface Prompt {
  /** Tokens, at least 1. */
  readonly tokens: number;
  /** Tokens a step. */
  readonly prefillStepSize: number;
}

/**
 * Tokens that each call of the model brings: all but the last in steps, then the last alone (mlx-lm `generate_step`).
 */
export function* promptSteps({ tokens, prefillStepSize }: Prompt): Generator<number> {
  let left = tokens - 1;
  while (left > 0) {
    const step = Math.min(prefillStepSize, left);
    yield step;
    left -= step;
  }
  yield 1;
}

/** One cache while it is filled: tokens in, slots out. */
export interface SlotCounter {
  add(tokens: number): number;
}

/** `KVCache`: grows by whole steps; what was begun is cut at its end first. */
export function fullSlots(): SlotCounter {
  let slots = 0;
  let offset = 0;
  return {
    add(tokens) {
      if (offset + tokens > slots) slots = grown(slots, offset, tokens);
      offset += tokens;
      return slots;
    },
  };
}

/**
 * `RotatingKVCache` without kept tokens: many tokens at once are appended to the last `window − 1`, a single one goes
 * into place.
 */
export function windowSlots(window: number): SlotCounter {
  let slots = 0;
  let offset = 0;
  let next = 0;
  return {
    add(tokens) {
      if (tokens > 1) {
        const kept = next === slots || next < offset ? slots : next;
        slots = kept - Math.max(0, kept - window + 1) + tokens;
        next = slots;
      } else {
        if (offset >= slots && slots < window) {
          slots += Math.min(STEP, window - offset);
          next = offset;
        }
        if (slots > window) {
          slots = window;
          next = window;
        }
        next = next === window ? 1 : next + 1;
      }
      offset += tokens;
      return slots;
    },
  };
}

/** `ChunkedKVCache`: cut to the last `chunk` tokens before each call, then grown as `KVCache`. */
export function chunkedSlots(chunk: number): SlotCounter {
  let slots = 0;
  let held = 0;
  return {
    add(tokens) {
      if (held > chunk) {
        slots = chunk;
        held = chunk;
      }
      if (held + tokens > slots) slots = grown(slots, held, tokens);
      held += tokens;
      return slots;
    },
  };
}

function grown(slots: number, held: number, tokens: number): number {
  const kept = held % STEP === 0 ? slots : held;
  return kept + Math.ceil(tokens / STEP) * STEP;
}
