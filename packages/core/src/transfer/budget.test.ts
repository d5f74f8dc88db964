import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createConnectionBudget } from "./budget.ts";

const never = new AbortController().signal;

test("no more tasks run at once than there are connections, and all run", async () => {
  const budget = createConnectionBudget(3);
  let running = 0;
  let most = 0;
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      budget.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await turn();
        running -= 1;
        return index;
      }, never),
    ),
  );
  expect(most).toBe(3);
  expect(done).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(budget.used).toBe(0);
});

test("who waits is served in the order of asking", async () => {
  const budget = createConnectionBudget(1);
  const order: number[] = [];
  await Promise.all(
    [1, 2, 3, 4].map((index) =>
      budget.run(async () => {
        order.push(index);
        await turn();
      }, never),
    ),
  );
  expect(order).toEqual([1, 2, 3, 4]);
});

test("an abort while waiting rejects with its reason and gives the place to the next", async () => {
  const budget = createConnectionBudget(1);
  const controller = new AbortController();
  const reason = new Error("enough");
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = budget.run(() => gate, never);
  const second = budget.run(() => Promise.resolve("second"), controller.signal);
  const third = budget.run(() => Promise.resolve("third"), never);
  controller.abort(reason);
  await expect(second).rejects.toBe(reason);
  open();
  await first;
  expect(await third).toBe("third");
  expect(budget.used).toBe(0);
});

test("a task that fails gives its connection back", async () => {
  const budget = createConnectionBudget(1);
  await expect(budget.run(() => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
  expect(await budget.run(() => Promise.resolve(1), never)).toBe(1);
});
