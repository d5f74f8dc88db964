import { guardListener } from "@mlx-download/cache/writing";

/** Work that is under way for a key, and who waits for it. */
interface Flight<T, E> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  readonly listeners: Set<(event: E) => void>;
  /** The past events that a late caller must still receive. */
  readonly heard: Map<string, E>;
  waiters: number;
}

/** The inputs of a flight: the signal that ends it, and the receiver of its events. */
export interface FlightContext<E> {
  /** Aborted when the last one who waits has left. */
  readonly signal: AbortSignal;
  readonly emit: (event: E) => void;
}

/** Who joins a flight. */
export interface FlightPassenger<E> {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: E) => void) | undefined;
}

/** Work shared by all who ask for the same key at once. */
export interface Flights<T, E> {
  /**
   * Joins the work for `key`, or starts it when none is running. Leaving (an aborted signal) rejects at once with the
   * signal's reason. The work itself is aborted only when the last caller has left.
   */
  join(
    key: string,
    start: (context: FlightContext<E>) => Promise<T>,
    passenger?: FlightPassenger<E>,
  ): Promise<T>;
}

/**
 * Makes a table of flights. Events whose `type` is in `replayed` are kept, the last of each type, and sent to callers
 * that join later. All others are sent as they come. A listener's errors are ignored.
 */
export function createFlights<T, E extends { readonly type: string }>(
  replayed: readonly E["type"][] = [],
): Flights<T, E> {
  const flights = new Map<string, Flight<T, E>>();

  const depart = (key: string, start: (context: FlightContext<E>) => Promise<T>): Flight<T, E> => {
    const controller = new AbortController();
    const listeners: Flight<T, E>["listeners"] = new Set();
    const heard: Flight<T, E>["heard"] = new Map();
    const emit = (event: E): void => {
      if (replayed.includes(event.type)) heard.set(event.type, event);
      for (const listener of listeners) guardListener(listener)(event);
    };
    // A microtask later, so that the first one to wait hears the first event.
    const result = Promise.resolve()
      .then(() => start({ signal: controller.signal, emit }))
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
    result.catch(() => undefined);
    const flight: Flight<T, E> = { result, controller, listeners, heard, waiters: 0 };
    flights.set(key, flight);
    return flight;
  };

  return {
    async join(key, start, { signal, onEvent } = {}) {
      signal?.throwIfAborted();
      const flight = flights.get(key) ?? depart(key, start);
      flight.waiters += 1;
      if (onEvent) {
        for (const event of flight.heard.values()) guardListener(onEvent)(event);
        flight.listeners.add(onEvent);
      }
      const leave = Promise.withResolvers<never>();
      const onAbort = (): void => leave.reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        return await Promise.race([flight.result, leave.promise]);
      } finally {
        signal?.removeEventListener("abort", onAbort);
        if (onEvent) flight.listeners.delete(onEvent);
        flight.waiters -= 1;
        if (flight.waiters === 0 && flights.get(key) === flight) {
          // No caller may join a flight that is ending.
          flights.delete(key);
          flight.controller.abort(signal?.reason);
        }
      }
    },
  };
}
