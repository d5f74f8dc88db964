import { describe, expect, test } from "vitest";
import { decodeSpeed } from "./decode-speed.ts";
import { describeModel } from "../describe/describe-model.ts";
import { machineFromFacts } from "../machine/machine-facts.ts";
import { simulateMachine } from "../machine/machine.ts";

const linux = machineFromFacts({ platform: "linux", arch: "x64", memoryBytes: 2 ** 33 });
const machine = simulateMachine(linux, { memory: "64G", chip: "m4-pro" });
const dense = { ...describeModel({ config: '{"model_type":"llama"}' }), weightsBytes: 10e9 };

describe("decodeSpeed", () => {
  test("divides the bandwidth by what a token reads", () => {
    const speed = decodeSpeed(dense, machine, { kvBytes: 1e9 });
    // 273 GB/s × 0.45 ÷ 11 GB, and × 0.75
    expect(speed).toMatchObject({ low: 11, high: 19, bytesPerToken: 11e9 });
    expect(speed?.formula).toBe("273 GB/s × 0.45 to 0.75 ÷ 11.0 GB a token");
  });

  test("counts of a mixture of experts what works on a token", () => {
    const experts = { ...dense, experts: { total: 128, active: 8 } };
    const named = decodeSpeed(experts, machine, { kvBytes: 0, repoId: "x/Qwen3-30B-A3B-4bit" });
    expect(named?.bytesPerToken).toBe(1e9);
    const unnamed = decodeSpeed(experts, machine, { kvBytes: 0 });
    expect(unnamed?.bytesPerToken).toBe(1_562_500_000);
    expect(unnamed?.formula).toContain("8 of 128 experts");
  });

  test("says nothing where it knows nothing", () => {
    expect(decodeSpeed(dense, linux, { kvBytes: 0 })).toBeNull();
    expect(decodeSpeed({ ...dense, weightsBytes: null }, machine, { kvBytes: 0 })).toBeNull();
  });
});
