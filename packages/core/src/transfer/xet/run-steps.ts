import { runLanes } from "@mlx-download/cache/writing";
import type { DeltaCopy, DeltaPlan, FetchUnit, UnitResult } from "@mlx-download/xet";

/** Who does the steps of a plan. */
export interface StepWorkers {
  readonly signal: AbortSignal;
  /** Units fetched at once. */
  readonly lanes: number;
  readonly copy: (copies: readonly DeltaCopy[], signal: AbortSignal) => Promise<void>;
  /** Resolves to the unit's chunks, by which the places of others are known. Undefined when it need not be fetched. */
  readonly fetch: (
    unit: FetchUnit,
    signal: AbortSignal,
  ) => Promise<Pick<UnitResult, "lengths"> | undefined>;
}

/**
 * Runs the steps of a plan, copies beside fetches, in the order in which the plan gives them out. The first failure ends
 * all, and is thrown. A plan whose last places stay unknown is left there.
 */
export async function runSteps(plan: DeltaPlan, workers: StepWorkers): Promise<void> {
  const units: FetchUnit[] = [];
  let copies: DeltaCopy[] = [];
  let fetching = 0;
  let changed = Promise.withResolvers<void>();
  const tell = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const take = (): void => {
    const steps = plan.take();
    units.push(...steps.units);
    copies.push(...steps.copies);
  };
  const over = (): boolean => fetching === 0 && units.length === 0;

  const fetchLane = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const unit = units.shift();
      if (unit === undefined) {
        if (over()) return;
        await changed.promise;
        signal.throwIfAborted();
        continue;
      }
      fetching += 1;
      try {
        const result = await workers.fetch(unit, signal);
        if (result !== undefined) plan.learn(unit, result);
        take();
      } finally {
        fetching -= 1;
        tell();
      }
    }
  };
  const copyLane = async (signal: AbortSignal): Promise<void> => {
    while (copies.length > 0 || !over()) {
      const ready = copies;
      copies = [];
      if (ready.length > 0) await workers.copy(ready, signal);
      else await changed.promise;
      signal.throwIfAborted();
    }
  };
  take();
  const lane = async (signal: AbortSignal, index: number): Promise<void> => {
    try {
      await (index === 0 ? copyLane(signal) : fetchLane(signal));
    } finally {
      // A waiting lane looks again, or learns of a failure.
      queueMicrotask(tell);
    }
  };
  await runLanes(workers.lanes + 1, lane, workers.signal);
}
