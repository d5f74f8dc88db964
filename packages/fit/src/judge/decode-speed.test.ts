import { describe, expect, test } from "vitest";
import { decodeSpeed } from "./decode-speed.ts";
import { describeModel } from "../describe/describe-model.ts";
import { machineFromFacts } from "../machine/machine-facts.ts";
import { simulateMachine } from "../machine/machine.ts";

const linux = machineFromFacts({ platform: "linux", arch: "x64", memoryBytes: 2 ** 33 });
const machine = simulateMachine(linux, { memory: "64G", chip: "m4-pro" });
const dense = { ...describeModel({ config: '{"model_type":"llama"}' }), weightsBytes: 10e9 };

describe("decodeSpeed", () => {
  test("divides what a token reads by the bandwidth, and adds what layers take besides", () => {
    const speed = decodeSpeed(dense, machine, { kvBytes: 1e9 });
    // 11 GB ÷ (273 GB/s × 0.66) + 40 × 120 µs, and ÷ (273 × 0.9) + 40 × 35 µs
    expect(speed).toMatchObject({ low: 15, high: 22, bytesPerToken: 11e9 });
    expect(speed?.formula).toBe(
      "11.0 GB a token at 273 GB/s × 0.66 to 0.9, and 40 layers of 35 to 120 µs",
    );
  });

  test("counts of a mixture of experts what works on a token: by its sizes, else its name, else a guess", () => {
    const experts = { ...dense, experts: { total: 128, active: 8, parameters: null } };
    const named = decodeSpeed(experts, machine, { kvBytes: 0, repoId: "x/Qwen3-30B-A3B-4bit" });
    expect(named?.bytesPerToken).toBe(1e9);
    const unnamed = decodeSpeed(experts, machine, { kvBytes: 0 });
    expect(unnamed?.bytesPerToken).toBe(1_562_500_000);
    expect(unnamed?.formula).toContain("8 of 128 experts");
    const sized = {
      ...dense,
      parameters: 20e9,
      experts: { total: 10, active: 1, parameters: 10e9 },
    };
    expect(decodeSpeed(sized, machine, { kvBytes: 0 })?.bytesPerToken).toBe(5.5e9);
  });

  test("leaves out tables that each token only looks up", () => {
    const config = {
      model_type: "gemma3n",
      text_config: {
        num_hidden_layers: 35,
        hidden_size_per_layer_input: 256,
        vocab_size_per_layer_input: 262_144,
      },
    };
    const gemma = {
      ...describeModel({ config: JSON.stringify(config) }),
      parameters: 5e9,
      weightsBytes: 2.8e9,
    };
    expect(gemma.lookupParameters).toBe(35 * 256 * 262_144);
    const speed = decodeSpeed(gemma, machine, { kvBytes: 0 });
    expect(speed?.bytesPerToken).toBe(Math.ceil((2.8e9 * (5e9 - 35 * 256 * 262_144)) / 5e9));
    expect(speed?.formula).toContain("2.35 B parameters are only looked up");
  });

  test("says nothing where it knows nothing", () => {
    expect(decodeSpeed(dense, linux, { kvBytes: 0 })).toBeNull();
    expect(decodeSpeed({ ...dense, weightsBytes: null }, machine, { kvBytes: 0 })).toBeNull();
  });
});
