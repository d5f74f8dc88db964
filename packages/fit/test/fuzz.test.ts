import { expect, test } from "vitest";
import {
  describeModel,
  FitError,
  fitModel,
  kvBitsVerdict,
  loadVerdict,
  parseSafetensorsHeader,
} from "../src/index.ts";
import { architectures, smallConfig } from "./architectures.ts";

type Random = () => number;

/** A seeded generator (mulberry32), so that a failure can be seen again. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HOSTILE: readonly unknown[] = [
  0,
  -1,
  1,
  2,
  0.5,
  1e9,
  1e15,
  1e308,
  -1e308,
  null,
  true,
  false,
  "",
  "LG",
  "sliding_attention",
  "__proto__",
  "constructor",
  [],
  [null],
  [1, -1, "x", {}],
  ["sliding_attention", "full_attention", 7],
  {},
  { length: 1e9 },
  { bits: 4, group_size: 64 },
  { mode: "__proto__", bits: -4, group_size: 0 },
  { quant_method: "constructor" },
  { rope_type: "yarn", factor: 1e300, original_max_position_embeddings: 1e9 },
  [[[[]]]],
];

const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

function mutated(
  config: Readonly<Record<string, unknown>>,
  random: Random,
): Record<string, unknown> {
  const names = Object.keys(config);
  const changed: Record<string, unknown> = { ...config };
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) {
    const name = pick(random, [...names, ...EXTRA]);
    const own = config[name];
    const inner = typeof own === "object" && own !== null && !Array.isArray(own) && random() < 0.8;
    changed[name] = inner ? mutated(own as Record<string, unknown>, random) : pick(random, HOSTILE);
  }
  return changed;
}

const EXTRA = [
  "quantization",
  "quantization_config",
  "text_config",
  "layer_types",
  "sliding_window",
  "rope_scaling",
  "auto_map",
  "model_file",
  "architectures",
  "torch_dtype",
  "__proto__",
];

/** Every number of a value is finite and not negative. */
function expectSane(value: unknown, about: string): void {
  if (typeof value === "number") {
    if (!Number.isFinite(value) || value < 0) expect.fail(`${value} of ${about}`);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) expectSane(inner, about);
  }
}

const RUNS = 100_000;

test(
  `${RUNS} spoilt configs: every figure is finite and not negative`,
  { timeout: 300_000 },
  () => {
    const random = seeded(20_260_101);
    const configs = architectures.map((name) => smallConfig(name));
    for (let run = 0; run < RUNS; run += 1) {
      let config = JSON.stringify(mutated(pick(random, configs), random));
      if (random() < 0.02) config = config.slice(0, Math.floor(random() * config.length));
      try {
        const description = describeModel({ config });
        expectSane(description.cache, config);
        expectSane(description.parameters, config);
        const contextLength = pick(random, [1, 255, 4096, 100_000]);
        expectSane(fitModel(description, 64e9, { contextLength }), config);
        kvBitsVerdict(description.cache);
        expect(loadVerdict(description).reasons.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof FitError)) throw new Error(config, { cause: error });
      }
    }
  },
);

test(`${RUNS} spoilt headers: refused, or sound`, { timeout: 300_000 }, () => {
  const random = seeded(7);
  const encoder = new TextEncoder();
  for (let run = 0; run < RUNS; run += 1) {
    const bytes = spoiltHeader(random, encoder);
    try {
      const header = parseSafetensorsHeader(bytes);
      let sum = 0;
      for (const { bytes: size, offset } of header.tensors.values()) {
        sum += size;
        if (offset + size > header.dataEnd) expect.fail("a tensor beyond the end");
      }
      if (sum !== header.tensorBytes || sum > header.dataEnd) expect.fail("sums that disagree");
      expectSane([header.tensorBytes, header.dataEnd], "a header");
      const headers = new Map([["model.safetensors", header]]);
      const quantization = random() < 0.5 ? { bits: 4, group_size: 64 } : undefined;
      const config = JSON.stringify({ ...smallConfig("llama"), quantization });
      const description = describeModel({ config, headers });
      expectSane(description, "a description");
      loadVerdict(description);
    } catch (error) {
      if (!(error instanceof FitError)) throw error;
    }
  }
});

function spoiltHeader(random: Random, encoder: InstanceType<typeof TextEncoder>): Uint8Array {
  const entries: Record<string, unknown> = {};
  let end = 0;
  const tensors = Math.floor(random() * 5);
  for (let index = 0; index < tensors; index += 1) {
    const name = pick(random, ["a.weight", "a.scales", "a.biases", "b.c.weight", "__proto__", "x"]);
    const [dtype, size] = pick(random, [
      ["U32", 4],
      ["BF16", 2],
      ["U8", 1],
      ["F32", 4],
    ] as const);
    const shape = Array.from({ length: Math.floor(random() * 3) }, () => Math.floor(random() * 40));
    const bytes = shape.reduce((product, length) => product * length, size);
    const wild = random() < 0.1;
    entries[name] = {
      dtype: random() < 0.05 ? pick(random, HOSTILE) : dtype,
      shape: random() < 0.05 ? pick(random, HOSTILE) : shape,
      data_offsets: wild ? [pick(random, HOSTILE), pick(random, HOSTILE)] : [end, end + bytes],
    };
    end += bytes;
  }
  if (random() < 0.3) entries["__metadata__"] = pick(random, [{ format: "mlx" }, ...HOSTILE]);
  const json = encoder.encode(JSON.stringify(entries));
  const bytes = new Uint8Array(8 + json.byteLength);
  const length = random() < 0.05 ? Math.floor(random() * 2 ** 40) : json.byteLength;
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  if (random() < 0.1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return random() < 0.05 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}
