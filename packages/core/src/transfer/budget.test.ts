import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createConnectionBudget } from "./budget.ts";

const never = new AbortController().signal;
const large = { priority: 0, small: false };
const small = { priority: 0, small: true };

test("no more tasks run at once than there are connections, and all run", async () => {
  const budget = createConnectionBudget(3);
  let running = 0;
  let most = 0;
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      budget.run(
        large,
        async () => {
          running += 1;
          most = Math.max(most, running);
          await turn();
          running -= 1;
          return index;
        },
        never,
      ),
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
      budget.run(
        large,
        async () => {
          order.push(index);
          await turn();
        },
        never,
      ),
    ),
  );
  expect(order).toEqual([1, 2, 3, 4]);
});

test("an abort while waiting rejects with its reason and gives the place to the next", async () => {
  const budget = createConnectionBudget(1);
  const controller = new AbortController();
  const reason = new Error("enough");
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = budget.run(large, () => gate, never);
  const second = budget.run(large, () => Promise.resolve("second"), controller.signal);
  const third = budget.run(large, () => Promise.resolve("third"), never);
  controller.abort(reason);
  await expect(second).rejects.toBe(reason);
  open();
  await first;
  expect(await third).toBe("third");
  expect(budget.used).toBe(0);
});

test("a task that fails gives its connection back", async () => {
  const budget = createConnectionBudget(1);
  await expect(budget.run(large, () => Promise.reject(new Error("no")), never)).rejects.toThrow(
    "no",
  );
  expect(await budget.run(large, () => Promise.resolve(1), never)).toBe(1);
});

test("small requests use what the limit keeps from large ones, never more than the maximum", async () => {
  const budget = createConnectionBudget(3);
  budget.limit = 1;
  let most = 0;
  let largeAtOnce = 0;
  let [smallNow, largeNow] = [0, 0];
  const track = async (isSmall: boolean): Promise<void> => {
    if (isSmall) smallNow += 1;
    else largeNow += 1;
    most = Math.max(most, smallNow + largeNow);
    largeAtOnce = Math.max(largeAtOnce, largeNow);
    await turn();
    if (isSmall) smallNow -= 1;
    else largeNow -= 1;
  };
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      budget.run(index % 2 === 0 ? small : large, () => track(index % 2 === 0), never),
    ),
  );
  expect([most, largeAtOnce]).toEqual([3, 1]);
});

test("raising the limit lets those who wait go on at once", async () => {
  const budget = createConnectionBudget(4);
  budget.limit = 1;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const running = Array.from({ length: 4 }, () => budget.run(large, () => gate, never));
  await turn();
  expect([budget.used, budget.waiting]).toEqual([1, 3]);
  budget.limit = 4;
  expect([budget.used, budget.waiting]).toEqual([4, 0]);
  open();
  await Promise.all(running);
});

test("a lower priority number goes first, whoever asked before", async () => {
  const budget = createConnectionBudget(1);
  const order: number[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = budget.run(large, () => gate, never);
  const rest = [5, 1, 3].map((priority) =>
    budget.run({ priority, small: false }, async () => void order.push(priority), never),
  );
  open();
  await Promise.all([first, ...rest]);
  expect(order).toEqual([1, 3, 5]);
});
