import { once } from "node:events";
import { expect, test } from "vitest";
import { forEachInLanes, runLanes } from "./run-lanes.ts";

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, "abort");
};

test("the first failure stops the other lanes, and is what the call rejects with", async () => {
  const ended: number[] = [];
  const lanes = runLanes(3, async (signal, index) => {
    if (index === 1) throw new Error("the second lane failed");
    await aborted(signal);
    ended.push(index);
    throw new Error("a consequence");
  });
  await expect(lanes).rejects.toThrow("the second lane failed");
  expect(ended).toEqual(expect.arrayContaining([0, 2]));
});

test("an abort from outside wins over the failures that follow from it", async () => {
  const caller = new AbortController();
  const reason = new Error("the caller left");
  const lanes = runLanes(
    2,
    async (signal) => {
      await aborted(signal);
      throw new Error("a consequence");
    },
    caller.signal,
  );
  caller.abort(reason);
  await expect(lanes).rejects.toBe(reason);
});

test("an aborted signal starts no lane, and every lane ends before the call resolves", async () => {
  const started: number[] = [];
  const lane = async (_signal: AbortSignal, index: number): Promise<void> => {
    await Promise.resolve();
    started.push(index);
  };
  await expect(runLanes(2, lane, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  expect(started).toEqual([]);
  await runLanes(2, lane);
  expect(started).toEqual([0, 1]);
});

test("every item is worked on once and in order, so many at once, and none after a failure", async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    if (item === 5) throw new Error("the fifth failed");
  };
  await forEachInLanes([1, 2, 3, 4], work, { atOnce: 2 });
  expect([begun, most]).toEqual([[1, 2, 3, 4], 2]);
  await forEachInLanes([], work, { atOnce: 2 });
  begun.length = 0;
  const failing = forEachInLanes([5, 6, 7, 8, 9], work, { atOnce: 2 });
  await expect(failing).rejects.toThrow("the fifth failed");
  expect(begun).not.toContain(9);
});
