import { randomBytes } from "node:crypto";
import type { FeedValues } from "../contract.ts";

/** A key of the feed. */
type FeedKey = keyof FeedValues;

/** The part for a reader: all values (`snapshot`), or those that changed. Null: it is gone. */
export interface FeedPart {
  /** `<boot>-<sequence>`, to go on from. */
  readonly id: string;
  readonly kind: "snapshot" | "change";
  readonly values: Readonly<Record<string, unknown>>;
}

/** The latest value of each thing that the page shows. Only the last value counts, so that a slow reader misses nothing. */
export interface Feed {
  set<Key extends FeedKey>(key: Key, value: FeedValues[Key]): void;
  remove(key: FeedKey): void;
  /** The changes since the part of this id. Everything for an id of another boot, or none. Undefined: nothing changed. */
  since(id: string | undefined): FeedPart | undefined;
  /** Resolves when there is something new after `id`, or when aborted. */
  next(id: string, signal: AbortSignal): Promise<void>;
}

/** So many removed keys are remembered. A reader that was away for longer gets everything. */
const MOST_REMOVED = 500;

/** Makes a feed with a boot id of its own. */
export function createFeed(): Feed {
  const boot = randomBytes(6).toString("hex");
  const entries = new Map<string, { readonly sequence: number; readonly value: unknown }>();
  const removed = new Map<string, number>();
  const waiting = new Set<() => void>();
  let sequence = 0;
  let forgotten = 0;

  const changed = (): void => {
    const wake = [...waiting];
    waiting.clear();
    for (const resolve of wake) resolve();
  };
  const sequenceOf = (id: string | undefined): number | undefined => {
    const match = /^([0-9a-f]+)-(\d{1,15})$/.exec(id ?? "");
    const known = match?.[1] === boot ? Number(match[2]) : undefined;
    return known !== undefined && known >= forgotten && known <= sequence ? known : undefined;
  };
  return {
    set(key, value) {
      removed.delete(key);
      // Behind the others: what is sent stays in the order of its changes.
      entries.delete(key);
      entries.set(key, { sequence: ++sequence, value });
      changed();
    },
    remove(key) {
      if (!entries.delete(key)) return;
      removed.set(key, ++sequence);
      if (removed.size > MOST_REMOVED) {
        const [oldest] = removed;
        if (oldest) {
          removed.delete(oldest[0]);
          forgotten = oldest[1];
        }
      }
      changed();
    },
    since(id) {
      const known = sequenceOf(id);
      if (known === sequence) return undefined;
      const values: Record<string, unknown> = {};
      for (const [key, entry] of entries) {
        if (known === undefined || entry.sequence > known) values[key] = entry.value;
      }
      if (known !== undefined) {
        for (const [key, at] of removed) if (at > known) values[key] = null;
      }
      const kind = known === undefined ? "snapshot" : "change";
      return { id: `${boot}-${sequence}`, kind, values };
    },
    async next(id, signal) {
      if (signal.aborted || sequenceOf(id) !== sequence) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = (): void => resolve();
      waiting.add(stop);
      signal.addEventListener("abort", stop, { once: true });
      await promise;
      signal.removeEventListener("abort", stop);
      waiting.delete(stop);
    },
  };
}
