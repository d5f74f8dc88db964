import { once } from "node:events";
import { expect, test } from "vitest";
import { runLanes } from "./run-lanes.ts";

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
