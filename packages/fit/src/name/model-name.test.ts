import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseModelName } from "./model-name.ts";

/** Names of real repos, each with what a person reads in it; `-` is what the name does not say. */
const rows = readFileSync(new URL("../../test/model-names.tsv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t"));

function asRow(name: string): string[] {
  const model = parseModelName(name);
  const { quantization } = model;
  const values = [
    model.family,
    model.version,
    model.parameters,
    model.activeParameters,
    model.parametersKind,
    quantization?.bits,
    quantization?.mode,
    quantization?.groupSize,
    quantization?.mixed,
    quantization?.method,
    model.container,
    model.roles.join(",") || undefined,
    model.release,
    model.contextLength,
  ];
  return [name, ...values.map((value) => (value === undefined ? "-" : String(value))), model.stem];
}

describe("parseModelName", () => {
  test("reads every name of the fixture as a person does", () => {
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.map(([name = ""]) => asRow(name))).toEqual(rows);
  });

  test("takes no bits from a rabbit", () => {
    expect(parseModelName("rabbit-7b").quantization).toBeUndefined();
  });

  test("gives variants of one model one stem", () => {
    const stems = [
      "mlx-community/Qwen3-30B-A3B-4bit",
      "mlx-community/Qwen3-30B-A3B-4bit-DWQ-0508",
      "lmstudio-community/Qwen3-30B-A3B-MLX-8bit",
      "mlx-community/Qwen3-30B-A3B-mixed_3_6",
      "Qwen/Qwen3-30B-A3B",
    ].map((name) => parseModelName(name).stem);
    expect(new Set(stems)).toEqual(new Set(["qwen3-30b-a3b"]));
  });

  test("says of words it does not know that it does not know", () => {
    expect(parseModelName("somebody/lumeleto")).toEqual({
      owner: "somebody",
      family: undefined,
      version: undefined,
      parameters: undefined,
      activeParameters: undefined,
      parametersKind: undefined,
      quantization: undefined,
      container: undefined,
      roles: [],
      release: undefined,
      contextLength: undefined,
      stem: "lumeleto",
    });
  });

  test("gives sane figures or none for any text", () => {
    const pieces = fc.constantFrom(
      "qwen",
      "3",
      ".5",
      "-",
      "_",
      "4bit",
      "8x7b",
      "a3b",
      "e4b",
      "dq",
      "mixed",
      "1m",
      "v2",
      "🤖",
      "9".repeat(30),
      "b",
    );
    const names = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(names, (name) => {
        const { parameters, activeParameters, quantization, contextLength } = parseModelName(name);
        for (const figure of [parameters, activeParameters, contextLength, quantization?.bits]) {
          expect(figure === undefined || (Number.isFinite(figure) && figure >= 0)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
