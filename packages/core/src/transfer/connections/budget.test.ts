import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { createConnectionBudget } from "./budget.ts";

/** A budget that one download of at most `max` connections has to itself. */
function alone(max: number) {
  const budget = createConnectionBudget();
  const share = budget.join(max);
  const run: typeof share.run = (request, task, signal) => share.run(request, task, signal);
  return { budget, run };
}

const never = new AbortController().signal;
const large = { priority: 0, small: false };
const small = { priority: 0, small: true };

test("no more tasks run at once than there are connections, and all run", async () => {
  const { budget, run } = alone(3);
  let running = 0;
  let most = 0;
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      run(
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
  const { run } = alone(1);
  const order: number[] = [];
  await Promise.all(
    [1, 2, 3, 4].map((index) =>
      run(
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
  const { budget, run } = alone(1);
  const controller = new AbortController();
  const reason = new Error("enough");
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = run(large, () => gate, never);
  const second = run(large, () => Promise.resolve("second"), controller.signal);
  const third = run(large, () => Promise.resolve("third"), never);
  controller.abort(reason);
  await expect(second).rejects.toBe(reason);
  open();
  await first;
  expect(await third).toBe("third");
  expect(budget.used).toBe(0);
});

test("a task that fails gives its connection back", async () => {
  const { run } = alone(1);
  await expect(run(large, () => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
  expect(await run(large, () => Promise.resolve(1), never)).toBe(1);
});

test("small requests use the connections that the limit withholds from large ones, never more than the maximum", async () => {
  const { budget, run } = alone(3);
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
      run(index % 2 === 0 ? small : large, () => track(index % 2 === 0), never),
    ),
  );
  expect([most, largeAtOnce]).toEqual([3, 1]);
});

test("raising the limit lets those who wait go on at once", async () => {
  const { budget, run } = alone(4);
  budget.limit = 1;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const running = Array.from({ length: 4 }, () => run(large, () => gate, never));
  await turn();
  expect([budget.used, budget.waiting]).toEqual([1, 3]);
  budget.limit = 4;
  expect([budget.used, budget.waiting]).toEqual([4, 0]);
  open();
  await Promise.all(running);
});

test("a lower priority number goes first, regardless of the order of requests", async () => {
  const { run } = alone(1);
  const order: number[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = run(large, () => gate, never);
  const rest = [5, 1, 3].map((priority) =>
    run({ priority, small: false }, async () => void order.push(priority), never),
  );
  open();
  await Promise.all([first, ...rest]);
  expect(order).toEqual([1, 3, 5]);
});

test("several downloads get equal shares in any order of arrival, and small requests go before large ones", async () => {
  const budget = createConnectionBudget();
  const [one, other] = [budget.join(8), budget.join(8)];
  budget.limit = 4;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const started: string[] = [];
  const ask = (name: string, share: typeof one, isSmall: boolean): Promise<void> =>
    share.run(
      { priority: 0, small: isSmall },
      async () => {
        started.push(name);
        await gate;
      },
      never,
    );
  const asked = Array.from({ length: 6 }, () => ask("one", one, false));
  await turn();
  expect(started).toEqual(["one", "one", "one", "one"]);
  asked.push(...Array.from({ length: 6 }, () => ask("other", other, false)));
  asked.push(ask("other, small", other, true));
  await turn();
  expect(started.slice(4)).toEqual(["other, small"]);
  expect([one.limit, other.limit]).toEqual([2, 2]);
  budget.limit = 7;
  await turn();
  expect(started.slice(5)).toEqual(["other", "other", "other"]);
  open();
  await Promise.all(asked);
  expect(budget.used).toBe(0);
});

test("a download never gets more than it asked for, and its share leaves with it", async () => {
  const budget = createConnectionBudget();
  const [few, many] = [budget.join(2), budget.join(6)];
  expect(budget.max).toBe(6);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const running = Array.from({ length: 5 }, () => few.run(large, () => gate, never));
  await turn();
  expect(budget.used).toBe(2);
  open();
  await Promise.all(running);
  many.leave();
  expect(budget.max).toBe(2);
});
