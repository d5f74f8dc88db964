import type { NameText } from "./name-text.ts";

/** How weights are packed, by the words of a name. */
export interface NamedQuantization {
  /** The words that say so, as written but in lower case: `4bit-dwq`, `mxfp4-q8`. */
  readonly label: string;
  /** Bits of most weights, with a fraction when the name gives an average (`4.8bit`). */
  readonly bits: number | undefined;
  readonly mode: NamedMode | undefined;
  readonly groupSize: number | undefined;
  /** Do layers differ on purpose (`mixed_3_6`, `DQ3`, `OptiQ`, Unsloth's `UD`, an average with a fraction)? */
  readonly mixed: boolean;
  /** The method that produced the weights. An MLX config has no trace of DWQ, AWQ, GPTQ and QAT. */
  readonly method: NamedMethod | undefined;
}

/** A number format that names mention. */
export type NamedMode =
  | "affine"
  | "mxfp4"
  | "mxfp8"
  | "nvfp4"
  | "nf4"
  | "fp4"
  | "fp8"
  | "bf16"
  | "fp16"
  | "fp32";

/** A way to quantize that names mention. */
export type NamedMethod =
  | "dwq"
  | "qat"
  | "awq"
  | "gptq"
  | "hqq"
  | "optiq"
  | "bnb"
  | "autoround"
  | "aqlm"
  | "gguf";

const word = (pattern: string): RegExp =>
  new RegExp(`(?<![a-z0-9]|\\d\\.)(?:${pattern})(?![a-z0-9])`, "g");

const METHODS: readonly (readonly [NamedMethod, RegExp])[] = [
  ["dwq", word("dwq(?:[-_]?v?\\d+)?")],
  ["qat", word("qat")],
  ["awq", word("awq")],
  ["gptq", word("gptq")],
  ["hqq", word("hqq")],
  ["optiq", word("optiq")],
  ["bnb", word("(?:unsloth[-_])?bnb|bitsandbytes")],
  ["autoround", word("auto[-_]?round")],
  ["aqlm", word("aqlm")],
];
const FORMATS: readonly (readonly [NamedMode, RegExp, number])[] = [
  ["mxfp4", word("mxfp4(?:a16)?"), 4],
  ["mxfp8", word("mxfp8"), 8],
  ["nvfp4", word("nvfp4(?:a16)?"), 4],
  ["nf4", word("nf4"), 4],
  ["fp8", word("fp8(?:[-_](?:dynamic|block|kv))*|f8|fp8[-_]e4m3"), 8],
  ["fp4", word("fp4"), 4],
  ["bf16", word("bf16|bfloat16"), 16],
  ["fp16", word("fp16|f16|float16"), 16],
  ["fp32", word("fp32|f32|float32"), 32],
];
const MIXED_PAIR = word("mixed[-_]?([2-8])[-_]([2-8])(?:[-_]?bits?)?");
const DYNAMIC = word("dq([2-8])?(?:[-_]k(?:[-_](?:xs|xl|[sml]))?)?");
const GGUF = word(
  "(?:ud[-_])?(?:iq|q|tq)([1-8])(?:_k(?:_(?:xxs|xs|xl|[sml]))?|_[01]|_(?:xxs|xs|xl|[sml]))",
);
const AVERAGE = word("(\\d(?:\\.\\d+)?)[-_]?bpw");
const BITS = word(
  "(?:q|int)?(1\\.58|16|[1-8](?:\\.\\d{1,2})?)[-_]?bits?|[qi](?:nt)?([1-8])|int(4|8)",
);
const WEIGHTS_ACTIVATIONS = word("w([1-8]|16)a(?:[1-8]|16)(?:g(32|64|128))?");
const GROUP = word("gs?[-_]?(32|64|128)");
const MIXED_WORD = word("mixed|ud|dynamic");
const AFFINE = word("affine");
const FILLER = word("quantized");

/** Takes everything about quantization out of `text`. Undefined when it has nothing. */
export function takeQuantization(text: NameText): NamedQuantization | undefined {
  const found: { readonly at: number; readonly text: string }[] = [];
  const take = (pattern: RegExp): RegExpExecArray[] => {
    const matches = text.takeMatches(pattern);
    found.push(...matches.map((match) => ({ at: match.index, text: match[0] })));
    return matches;
  };

  const bits: number[] = [];
  let mixed = false;
  let method: NamedMethod | undefined;
  for (const [, low] of take(MIXED_PAIR)) {
    mixed = true;
    bits.push(Number(low));
  }
  for (const [, count] of take(DYNAMIC)) {
    mixed = true;
    if (count !== undefined) bits.push(Number(count));
  }
  const dynamic = bits.length;
  for (const [, count] of take(GGUF)) {
    method = "gguf";
    bits.push(Number(count));
  }
  for (const [, average] of take(AVERAGE)) bits.push(Number(average));
  let groupSize: number | undefined;
  for (const [, count, group] of take(WEIGHTS_ACTIVATIONS)) {
    bits.push(Number(count));
    groupSize ??= group === undefined ? undefined : Number(group);
  }
  const modes: NamedMode[] = [];
  for (const [mode, pattern, count] of FORMATS) {
    if (take(pattern).length === 0) continue;
    modes.push(mode);
    bits.push(count);
  }
  for (const match of take(BITS)) bits.push(Number(match.slice(1).find(Boolean)));
  for (const [name, pattern] of METHODS) if (take(pattern).length > 0) method ??= name;
  if (bits.length > 0 || method !== undefined) {
    for (const [, group] of take(GROUP)) groupSize ??= Number(group);
    if (take(AFFINE).length > 0) modes.push("affine");
    // Elsewhere these words speak of something else: FP8-dynamic of activations, "mixed" of a data set.
    if (take(MIXED_WORD).length > 0) mixed = true;
    text.takeMatches(FILLER);
  }
  if (found.length === 0) return undefined;

  // 16 and 32 beside another figure name the weights that stay as they were.
  const quantized = bits.filter((count) => count < 16);
  const mode = modes.find((name) => quantized.length === 0 || !/^(?:bf|fp)(?:16|32)$/.test(name));
  const first =
    mixed && dynamic > 0 ? bits[0] : Math.min(...(quantized.length > 0 ? quantized : bits));
  const count = first !== undefined && Number.isFinite(first) ? first : undefined;
  return {
    label: found
      .toSorted((a, b) => a.at - b.at)
      .map((part) => part.text)
      .join("-"),
    bits: count,
    mode,
    groupSize,
    mixed:
      mixed ||
      method === "optiq" ||
      new Set(quantized).size > 1 ||
      (count !== undefined && !Number.isInteger(count) && count !== 1.58),
    method,
  };
}
