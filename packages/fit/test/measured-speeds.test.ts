import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  activeParameters,
  decodeSpeed,
  type DecodeSpeed,
  describeModel,
  machineFromFacts,
  memoryNeed,
  type ModelDescription,
  simulateMachine,
} from "../src/index.ts";

interface Measured {
  readonly model: string;
  readonly bits: number;
  readonly chip: string;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly weightsBytes: number;
  readonly source: string;
}

type Models = Readonly<Record<string, object>>;
const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`measurements/${name}.json`, import.meta.url), "utf8"));
const { models: shared } = read("peaks") as { readonly models: Models };
const { models, speeds } = read("speeds") as {
  readonly models: Models;
  readonly speeds: readonly Measured[];
};

/** Bits that a weight takes with its share of scale and bias. */
const bitsOf = (bits: number): number => (bits === 16 ? 16 : bits + 0.5);

function described({ model, bits, weightsBytes }: Measured): ModelDescription {
  const config = JSON.stringify({ ...shared[model], ...models[model], torch_dtype: "bfloat16" });
  const parameters = Math.round((weightsBytes * 8) / bitsOf(bits));
  return { ...describeModel({ config }), weightsBytes, residentBytes: weightsBytes, parameters };
}

const linux = machineFromFacts({ platform: "linux", arch: "x64", memoryBytes: 2 ** 33 });

function estimated(measured: Measured): DecodeSpeed {
  const description = described(measured);
  const machine = simulateMachine(linux, { memory: "64G", chip: measured.chip });
  const { kvBytes } = memoryNeed(description, { contextLength: measured.tokens });
  const speed = decodeSpeed(description, machine, { kvBytes });
  if (speed === null) throw new Error(`no speed of ${measured.model}`);
  return speed;
}

test("measured speeds lie within what is said, or less than 15 % beside it", () => {
  expect(speeds.length).toBeGreaterThanOrEqual(40);
  const off = speeds
    .map((speed) => ({ ...speed, says: estimated(speed) }))
    .filter(
      ({ says, tokensPerSecond }) =>
        tokensPerSecond < 0.85 * says.low || tokensPerSecond > 1.1 * says.high,
    )
    .map(({ model, bits, chip, tokensPerSecond, says }) => ({
      run: `${model} ${bits} bits ${chip}`,
      tokensPerSecond,
      low: says.low,
      high: says.high,
    }));
  expect(off).toEqual([]);
});

test("parameters at work follow from the sizes of the config", () => {
  const billions = (model: string): number => {
    const measured = speeds.find((speed) => speed.model === model);
    return measured === undefined ? 0 : (activeParameters(described(measured)) ?? 0) / 1e9;
  };
  expect(billions("Qwen3.6-35B-A3B")).toBeCloseTo(3.5, 0);
  expect(billions("Qwen3-30B-A3B")).toBeCloseTo(3.4, 0);
  expect(billions("DeepSeek-V3")).toBeGreaterThan(36);
  expect(billions("DeepSeek-V3")).toBeLessThan(39);
  expect(billions("Qwen3-4B")).toBeCloseTo(4, 0);
});
