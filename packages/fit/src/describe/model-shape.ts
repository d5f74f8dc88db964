import { evidenceOf, type EvidenceList } from "../model/evidence.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";
import type { ModelDescription } from "../model/model-description.ts";

// The names of one setting in configs, the usual name first.
const LAYERS = ["num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_transformer_layers"];
const HIDDEN = ["hidden_size", "n_embd", "d_model", "model_dim", "hidden_dim"];
const VOCABULARY = ["vocab_size", "num_vocab"];
const EXPERTS = ["n_routed_experts", "num_experts", "num_local_experts", "moe_num_experts"];
const ACTIVE_EXPERTS = [
  "num_experts_per_tok",
  "num_experts_per_token",
  "moe_topk",
  "moe_top_k",
  "moe_k",
  "top_k_experts",
];

type Shape = Pick<
  ModelDescription,
  "layers" | "hiddenSize" | "vocabularySize" | "experts" | "lookupParameters"
>;

/** The sizes of a model's parts, from its config. */
export function modelShape({ text, root, prefix }: ModelConfig, evidence: EvidenceList): Shape {
  const read = (field: keyof Shape, names: readonly string[]): number | null => {
    for (const [section, at] of [
      [text, prefix],
      [root, ""],
    ] as const) {
      const name = names.find((candidate) => countField(section, candidate) !== undefined);
      if (name === undefined) continue;
      evidence[field] = evidenceOf("config", `config.json: ${at}${name}`);
      return countField(section, name) ?? null;
    }
    return null;
  };
  const layers = read("layers", LAYERS);
  const hiddenSize = read("hiddenSize", HIDDEN);
  const vocabularySize = read("vocabularySize", VOCABULARY);
  const active = read("experts", ACTIVE_EXPERTS);
  const total = read("experts", EXPERTS);
  if (total === null || total < 2) delete evidence["experts"];
  const experts =
    total === null || total < 2
      ? null
      : { total, active, parameters: expertParameters(text, { total, layers, hiddenSize }) };
  const lookupParameters = lookups(text, { layers, vocabularySize });
  if (lookupParameters !== null) {
    evidence["lookupParameters"] = evidenceOf(
      "config",
      `config.json: ${prefix}hidden_size_per_layer_input`,
    );
  }
  return { layers, hiddenSize, vocabularySize, experts, lookupParameters };
}

/** One table for all layers: `embed_tokens_per_layer` of mlx_lm/models/gemma3n.py and gemma4_text.py. */
function lookups(
  text: ModelConfig["text"],
  { layers, vocabularySize }: Pick<Shape, "layers" | "vocabularySize">,
): number | null {
  const width = countField(text, "hidden_size_per_layer_input");
  const words = countField(text, "vocab_size_per_layer_input") ?? vocabularySize;
  if (width === undefined || words === null || layers === null) return null;
  const parameters = width * words * layers;
  return Number.isSafeInteger(parameters) ? parameters : null;
}

// The width of one expert, the usual name first.
const EXPERT_WIDTHS = ["moe_intermediate_size", "expert_intermediate_size", "intermediate_size"];
// Layers at the start without experts.
const DENSE_LAYERS = ["first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"];

/** Three matrices an expert, in every layer but the dense ones. */
function expertParameters(
  text: ModelConfig["text"],
  shape: {
    readonly total: number;
    readonly layers: number | null;
    readonly hiddenSize: number | null;
  },
): number | null {
  const { total, layers, hiddenSize } = shape;
  const first = (names: readonly string[]): number | undefined =>
    names.map((name) => countField(text, name)).find((count) => count !== undefined);
  const width = first(EXPERT_WIDTHS);
  if (width === undefined || layers === null || hiddenSize === null) return null;
  const dense = Math.min(layers, first(DENSE_LAYERS) ?? 0);
  const parameters = 3 * hiddenSize * width * total * (layers - dense);
  return Number.isSafeInteger(parameters) ? parameters : null;
}

// Heads and width of a state's values, as configs name them.
const STATE_WIDTHS = [
  ["linear_num_value_heads", "linear_value_head_dim"],
  ["mamba_num_heads", "mamba_head_dim"],
  ["mamba_n_heads", "mamba_d_head"],
] as const;

/** Numbers a token that layers with a recurrent state compute with. Null when the config names none. */
export function stateWidthOf({ text }: ModelConfig): number | null {
  for (const [headsName, widthName] of STATE_WIDTHS) {
    const [heads, width] = [countField(text, headsName), countField(text, widthName)];
    if (heads !== undefined && width !== undefined) return heads * width;
  }
  return null;
}
