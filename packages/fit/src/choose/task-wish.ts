import type { MlxProgram } from "../mlx-programs/mlx-programs.ts";
import type { LoadVerdict } from "../judge/load-verdict.ts";
import { blocking, note } from "../judge/load-reason.ts";
import type { ModelTask } from "./model-task.ts";

/** The demands of a task on a model beside loading and fitting. */
export interface TaskWish {
  /** Tokens a second below which waiting for the model is work of its own. Null where it writes none. */
  readonly tokensPerSecond: number | null;
  /** The share of the limit that its weights may take: a model that helps another one leaves it room. */
  readonly share: number;
  /** The programs that run it for this task, the usual one first. */
  readonly programs: readonly MlxProgram[];
}

// People read 5 to 10 tokens a second. A model that thinks first, or writes whole files, must be faster than its reader.
const WISHES: Readonly<Record<ModelTask, TaskWish>> = {
  chat: { tokensPerSecond: 15, share: 1, programs: ["mlx-lm"] },
  code: { tokensPerSecond: 20, share: 1, programs: ["mlx-lm"] },
  vision: { tokensPerSecond: 12, share: 1, programs: ["mlx-vlm"] },
  embedding: { tokensPerSecond: null, share: 0.15, programs: ["mlx-embeddings", "mlx-vlm"] },
  speech: { tokensPerSecond: null, share: 0.25, programs: ["mlx-audio"] },
  draft: { tokensPerSecond: null, share: 0.25, programs: ["mlx-lm"] },
};

/** The wish of a task. */
export const taskWish = (task: ModelTask): TaskWish => WISHES[task];

/** Whether a program that does the task loads the model. */
export function loadsForTask(
  loads: LoadVerdict,
  task: ModelTask,
): Pick<LoadVerdict, "verdict" | "reasons" | "program" | "programs" | "by"> {
  const { programs } = WISHES[task];
  if (programs.includes("mlx-lm")) {
    return loads.program === "mlx-lm" ? loads : { ...loads, verdict: "no" };
  }
  const found = programs
    .map((name) => loads.programs.find(({ program }) => program === name))
    .filter((one) => one !== undefined);
  const best = found.find(({ verdict }) => verdict !== "no") ?? found[0];
  if (best === undefined) {
    const reason = blocking(
      "unknown-architecture",
      `${programs[0]} does not have its architecture`,
    );
    return { ...loads, verdict: "no", reasons: [reason] };
  }
  const { verdict, message, program } = best;
  const reason =
    verdict === "no" ? blocking("other-loader", message) : note("other-loader", message);
  return { ...loads, verdict, program, reasons: [reason] };
}
