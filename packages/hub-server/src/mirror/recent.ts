/** Answers that hold for a while, the questions under way among them, so that many askers cost one question. */
export interface Recent<Value> {
  /** The answer for `key`, asked by `ask` where none holds. A failed question is forgotten at once. */
  get(key: string, ask: () => Promise<Value>): Promise<Value>;
  forget(key: string): void;
}

/** Keeps at most `most` answers, each for as many ms as `holds` says of it. */
export function createRecent<Value>({
  most,
  holds,
  now,
}: {
  readonly most: number;
  readonly holds: (value: Value) => number;
  readonly now: () => number;
}): Recent<Value> {
  const kept = new Map<string, { readonly answer: Promise<Value>; until: number }>();
  return {
    get(key, ask) {
      const known = kept.get(key);
      if (known !== undefined && known.until > now()) return known.answer;
      const answer = ask();
      const entry = { answer, until: Number.POSITIVE_INFINITY };
      kept.delete(key);
      kept.set(key, entry);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
      const settle = async (): Promise<void> => {
        try {
          entry.until = now() + holds(await answer);
        } catch {
          if (kept.get(key) === entry) kept.delete(key);
        }
      };
      void settle();
      return answer;
    },
    forget: (key) => void kept.delete(key),
  };
}
