/** Wraps a listener so that it can be called safely: its errors are ignored. */
export function guardListener<T>(listener: ((event: T) => void) | undefined): (event: T) => void {
  return (event) => {
    try {
      listener?.(event);
    } catch {
      // A listener's fault is not the work's.
    }
  };
}

/** {@link guardListener} for events that have their time in Unix ms. It adds the time. */
export function timedEmitter<T extends { readonly at: number }>(
  listener: ((event: T) => void) | undefined,
): (event: WithoutTime<T>) => void {
  const emit = guardListener(listener);
  return (event) => emit({ ...event, at: Date.now() } as unknown as T);
}

/** An event before it has its time, for each member of a union. */
export type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;
