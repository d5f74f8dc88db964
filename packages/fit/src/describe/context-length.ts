import { objectField, stringField } from "../model/json-value.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";
import type { RopeScaling } from "../model/model-description.ts";

// Names of the longest context in configs, the usual one first.
const LENGTHS = [
  "max_position_embeddings",
  "n_positions",
  "max_seq_len",
  "model_max_length",
  "max_sequence_length",
  "seq_length",
  "n_ctx",
  "block_size",
];

/** How many tokens a model was made for, and how that number came about. */
export interface ContextLength {
  readonly tokens: number | undefined;
  /** The config's field. */
  readonly field: string;
  readonly scaling: RopeScaling | null;
}

/**
 * The context length of a config: its own value, or the stretched original length where that is longer (`factor` ·
 * `original_max_position_embeddings`, as YaRN configs write it without raising the limit).
 */
export function contextLengthOf({ text, root, prefix }: ModelConfig): ContextLength {
  const scaling = ropeScaling(
    objectField(text, "rope_scaling") ?? objectField(text, "rope_parameters"),
  );
  for (const [section, at] of [
    [text, prefix],
    [root, ""],
  ] as const) {
    const name = LENGTHS.find((candidate) => countField(section, candidate) !== undefined);
    const stated = name === undefined ? undefined : countField(section, name);
    if (stated === undefined) continue;
    // Only YaRN configs leave the limit as it was: of `llama3` and others it is stretched already.
    const factor = scaling?.type === "yarn" ? (scaling.factor ?? 0) : 0;
    const stretched = Math.floor(factor * (scaling?.originalContextLength ?? 0));
    return { tokens: Math.max(stated, Math.min(stretched, 1e9)), field: `${at}${name}`, scaling };
  }
  // Published without a length. transformers fills in the model's own (Gemma3TextConfig).
  const type = stringField(text, "model_type") ?? stringField(root, "model_type");
  if (type === "gemma3_text" || type === "gemma3") {
    return { tokens: 131_072, field: `${prefix}model_type`, scaling };
  }
  return { tokens: undefined, field: "", scaling };
}

function ropeScaling(settings: unknown): RopeScaling | null {
  const type = stringField(settings, "rope_type") ?? stringField(settings, "type");
  if (type === undefined || type === "default") return null;
  const factor = (settings as Readonly<Record<string, unknown>>)["factor"];
  return {
    type,
    factor: typeof factor === "number" && factor > 0 && factor <= 1e6 ? factor : null,
    originalContextLength: countField(settings, "original_max_position_embeddings") ?? null,
  };
}
