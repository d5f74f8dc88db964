import { expect, test } from "vitest";
import { createFlights } from "./shared-flight.ts";

test("a listener's error does not reach the work, and a failure reaches all waiting callers", async () => {
  const flights = createFlights<number, { readonly type: string }>();
  const start = async (context: { emit: (event: { type: string }) => void }): Promise<number> => {
    context.emit({ type: "begun" });
    throw new Error("failed");
  };
  const onEvent = (): never => {
    throw new Error("listener");
  };
  const both = [flights.join("a", start, { onEvent }), flights.join("a", start)];
  for (const one of both) await expect(one).rejects.toThrow("failed");
});

test("a caller that comes after the last one has left starts again, while the old work winds down", async () => {
  const flights = createFlights<number, { readonly type: string }>();
  const winding = Promise.withResolvers<void>();
  let starts = 0;
  const start = async ({ signal }: { signal: AbortSignal }): Promise<number> => {
    starts += 1;
    const own = starts;
    if (own === 1) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await winding.promise;
    }
    return own;
  };
  const controller = new AbortController();
  const first = flights.join("a", start, { signal: controller.signal });
  setImmediate(() => controller.abort(new Error("left")));
  await expect(first).rejects.toThrow("left");
  expect(await flights.join("a", start)).toBe(2);
  winding.resolve();
  expect(await flights.join("a", start)).toBe(3);
});
