// mlx-lm's caches grow in steps of this many tokens (`step` of its cache classes).
const STEP = 256;

/** A prompt as `generate_step` processes it. */
export interface Prompt {
  /** Tokens, at least 1. */
  readonly tokens: number;
  /** Tokens a step. */
  readonly prefillStepSize: number;
}

/** Tokens of the calls of the model: the steps that are counted, and those that may be skipped between. */
export interface PromptSteps {
  /** Whole steps at the beginning. */
  readonly whole: number;
  /** Whole steps after these that change nothing but lengths. */
  readonly skipped: number;
  readonly last: readonly number[];
}

/**
 * The calls of `generate_step`: all tokens but the last in steps, then the last alone. Once `settledAfter` tokens are
 * held, steps that are a multiple of the allocation step only add to growing caches, and are skipped but for the last one.
 */
export function promptSteps(prompt: Prompt, settledAfter: number): PromptSteps {
  const { tokens, prefillStepSize } = prompt;
  const whole = Math.floor((tokens - 1) / prefillStepSize);
  const rest = (tokens - 1) % prefillStepSize;
  const settled = Math.ceil(settledAfter / prefillStepSize) + 3;
  const skipped = prefillStepSize % STEP === 0 ? Math.max(0, whole - settled - 1) : 0;
  const ends = [...(rest > 0 ? [rest] : []), 1];
  return skipped > 0
    ? { whole: settled, skipped, last: [prefillStepSize, ...ends] }
    : { whole, skipped: 0, last: ends };
}

/** One cache while it is filled: tokens in, slots out. */
export interface SlotCounter {
  add(tokens: number): number;
  /** Adds the tokens of settled steps at once. */
  skip(tokens: number): void;
}

/** `KVCache`: grows by whole steps. A step that was begun is first cut at its end. */
export function fullSlots(): SlotCounter {
  let slots = 0;
  let offset = 0;
  return {
    add(tokens) {
      if (offset + tokens > slots) slots = grown(slots, offset, tokens);
      offset += tokens;
      return slots;
    },
    skip(tokens) {
      offset += tokens;
      slots += tokens;
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
    skip(tokens) {
      offset += tokens;
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
    // Only the rest of the last step counts, and steps are alike.
    skip() {},
  };
}

function grown(slots: number, held: number, tokens: number): number {
  const kept = held % STEP === 0 ? slots : held;
  return kept + Math.ceil(tokens / STEP) * STEP;
}
