import { lineageOf } from "./name-lineage.ts";
import { type NamedRole, rolesOf } from "./name-roles.ts";
import { type NamedQuantization, takeQuantization } from "./name-quantization.ts";
import { type NamedSize, takeSize } from "./name-size.ts";
import { createNameText } from "./name-text.ts";

/**
 * The facts that the name of a repo suggests. Every value is a guess by the words that people use, the last resort after headers,
 * config and tags. A fact that the name does not give is undefined or empty, never a default.
 */
export interface ModelName extends NamedSize {
  /** The part before the slash. */
  readonly owner: string | undefined;
  /** The lineage of the weights in lower case (`qwen`, `llama`, `gpt-oss`). Undefined for unknown words. */
  readonly family: string | undefined;
  /** The lineage's version as its makers count: `3`, `2.5`, `3n`, `r1`, `k2.6`. */
  readonly version: string | undefined;
  readonly quantization: NamedQuantization | undefined;
  /** The program that the weights are packed for, if the name gives it. */
  readonly container: NameContainer | undefined;
  readonly roles: readonly NamedRole[];
  /** A date in the name, as written: `2507`, `0528`, `2025-04-14`. */
  readonly release: string | undefined;
  /** Tokens, from `128k` or `1M`. */
  readonly contextLength: number | undefined;
  /** The name without quantization, container and maker, in lower case: equal for variants of one model. */
  readonly stem: string;
}

/** A file format or runtime that repo names mention. */
export type NameContainer = "mlx" | "gguf" | "onnx" | "openvino" | "coreml" | "exl2" | "exl3";

/** Longer names than the Hub allows (96 each side) say nothing more. */
const MAX_NAME = 200;

const CONTAINER = /(?<![a-z0-9])(mlx|gguf|onnx|openvino|coreml|exl2|exl3)(?![a-z0-9])/g;
const MAKERS =
  /^(?:deepseek-ai|mistralai|nvidia|meta|google|microsoft|ibm|ai21|ai21labs)[-_](?=[a-z])/;
const DATES = [
  /(?<![a-z0-9.])20\d\d-\d\d-\d\d(?![a-z0-9])/g,
  /(?<![a-z0-9.])(?:0[1-9]|1[0-2])-20[23]\d(?![a-z0-9])/g,
  /(?<![a-z0-9.])20[23]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?(?![a-z0-9.])/g,
  // Year and month (2507), then month and day (0528).
  /(?<![a-z0-9.])2[3-9](?:0[1-9]|1[0-2])(?![a-z0-9.])/g,
  /(?<![a-z0-9.])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![a-z0-9.])/g,
];
/** Only lengths that models have: `15k` in a name is a count of examples. */
const CONTEXT =
  /(?<![a-z0-9.])(?:(2|4|8|16|32|64|128|200|256|512|1024|1048)k|(1|2|4|10)m)(?![a-z0-9])/g;

/** Reads a repo name (`org/name` or `name`) by the grammar of names that is used on the Hub. Never throws. */
export function parseModelName(repoId: string): ModelName {
  const slash = repoId.indexOf("/");
  const owner = slash > 0 ? repoId.slice(0, slash) : undefined;
  const text = createNameText(repoId.slice(slash + 1, slash + 1 + MAX_NAME));

  const container = text.takeAll(CONTAINER)[0] as NameContainer | undefined;
  const quantization = takeQuantization(text);
  const stem = tidy(text.rest);
  const unsized = text.rest;
  const size = takeSize(text);
  const sizeAt = firstDifference(unsized, text.rest);
  const release = DATES.flatMap((date) => text.takeAll(date))[0];
  const contextLength = contextOf(text.takeAll(CONTEXT)[0]);
  const { family, version, roles } = lineageOf(text.rest, sizeAt);
  return {
    owner,
    family,
    version,
    ...size,
    quantization,
    container,
    roles: rolesOf(text.rest, roles),
    release,
    contextLength,
    stem: stem.replace(MAKERS, ""),
  };
}

function contextOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const count = Number.parseInt(word, 10);
  // Makers of 128k mean 131,072, makers of 200k and 1048k mean thousands.
  const binary = (count & (count - 1)) === 0;
  if (word.endsWith("m")) return count * (binary ? 1_048_576 : 1_000_000);
  return count === 1048 ? 1_048_576 : count * (binary ? 1024 : 1000);
}

/** Where two texts of one length begin to differ. */
function firstDifference(one: string, other: string): number | undefined {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return at;
  return undefined;
}

function tidy(text: string): string {
  return text.replaceAll(/[^a-z0-9.+]+/g, "-").replaceAll(/-?\.-|^[-.]+|[-.]+$/g, "");
}
