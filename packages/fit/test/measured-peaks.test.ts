import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeModel, memoryNeed } from "../src/index.ts";

interface Measured {
  readonly model: string;
  readonly bits: number;
  readonly chip: string | null;
  readonly mlx: string;
  readonly tokens: number;
  readonly peakGb: number;
  readonly weightsBytes: number;
  readonly source: string;
}

const { models, peaks } = JSON.parse(
  readFileSync(new URL("measurements/peaks.json", import.meta.url), "utf8"),
) as { readonly models: Readonly<Record<string, object>>; readonly peaks: readonly Measured[] };

/** What we say of a run, in GB. */
function estimated({ model, weightsBytes, tokens, mlx, chip }: Measured): number {
  const config = JSON.stringify({ ...models[model], torch_dtype: "bfloat16" });
  const { totalBytes } = memoryNeed(
    { ...describeModel({ config }), residentBytes: weightsBytes },
    { contextLength: tokens, mlxVersion: mlx, machine: { chip, macOS: "26.4" } },
  );
  return (totalBytes ?? 0) / 1e9;
}

test("every peak measured on a Mac is met within 5 % or a quarter of a gigabyte", () => {
  expect(peaks.length).toBeGreaterThanOrEqual(60);
  const off = peaks
    .map((peak) => ({ ...peak, says: estimated(peak) }))
    .filter(({ says, peakGb }) => Math.abs(says - peakGb) > Math.max(0.05 * peakGb, 0.25));
  expect(off).toEqual([]);
});

test("the peaks of long prompts are met within 3 %, far below them nothing is said to fit", () => {
  const long = peaks.filter(({ tokens }) => tokens >= 16_384);
  expect(long.length).toBeGreaterThanOrEqual(9);
  for (const peak of long) {
    const ratio = estimated(peak) / peak.peakGb;
    expect(ratio, `${peak.model} ${peak.tokens}`).toBeGreaterThan(0.97);
    expect(ratio, `${peak.model} ${peak.tokens}`).toBeLessThan(1.03);
  }
});
