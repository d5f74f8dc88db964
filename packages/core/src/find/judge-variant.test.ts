import { describeModel, simulateMachine } from "@mlx-download/fit";
import { expect, test } from "vitest";
import { judgeDescription } from "./judge-variant.ts";
import { readMachine } from "./read-machine.ts";

test.each([
  [undefined, "no"],
  [true, "unknown"],
])(
  "where the wish trusts code of the repo (%j), the verdict on such a model is %s",
  async (trustRemoteCode, verdict) => {
    const description = describeModel({
      config: JSON.stringify({ model_type: "acme", model_file: "acme.py" }),
    });
    const judged = judgeDescription(
      { repoId: "acme/own-code", downloads: 1 },
      { commit: null, description },
      {
        machine: simulateMachine(await readMachine(), { memory: "64G", chip: "m4-max" }),
        task: "chat",
        wish: { trustRemoteCode },
        contextLength: 8192,
        facts: { read: () => undefined, write: () => undefined },
      },
    );
    expect(judged.loads.verdict).toBe(verdict);
  },
);
