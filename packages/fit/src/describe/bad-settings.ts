import { languageModel } from "../caches/cache-groups.ts";
import { moduleTensors, wordsOf } from "../mlx-lm/find-tensors.ts";
import { field, isObject, stringField } from "../model/json-value.ts";
import type { ModelConfig } from "../model/model-config.ts";
import { moduleRules } from "./module-rules.ts";

/** Settings that mlx-lm or transformers, which reads the config for the tokenizer, refuse, one sentence each. */
export function badSettings(module: string, config: ModelConfig, text: string): readonly string[] {
  const { key, values } = languageModel(module, config.root);
  const { notNull, strictRope, needsTheta } = moduleTensors(module) ?? {};
  return [
    ...wordsOf(notNull)
      .filter((name) => field(values, name) === null)
      .map((name) => `${name} is null`),
    ...(field(values, "tie_word_embeddings") === null ? ["tie_word_embeddings is null"] : []),
    ...[...text.matchAll(NO_WHOLE_NUMBER)].map(([, name]) => `${name} is no whole number`),
    ...(needsTheta === true && !hasTheta(values) ? ["rope_theta is missing"] : []),
    ...(strictRope === true ? ropeSettings(values) : []),
    ...layerTypes(values),
    ...moduleRules(key.replace(/\/text$/, ""), values, config),
  ].slice(0, MOST);
}

const MOST = 3;

// JSON.parse makes 4 of 4.0. Python can tell.
const NO_WHOLE_NUMBER =
  /"(num_hidden_layers|hidden_size|num_attention_heads|num_key_value_heads|vocab_size)"\s*:\s*(?:"[^"]*"|-?\d+(?:\.\d*)?[eE][-+]?\d+|-?\d+\.\d*)(?=\s*[,}])/g;

// `initialize_rope` of mlx_lm/models/rope_utils.py, and names that single modules know.
const ROPES: ReadonlySet<string> = new Set([
  "default",
  "linear",
  "dynamic",
  "llama3",
  "yarn",
  "deepseek_yarn",
  "telechat3-yarn",
  "longrope",
  "su",
  "proportional",
  "mrope",
]);

function ropeSettings(values: unknown): readonly string[] {
  const scaling = field(values, "rope_scaling");
  const type = stringField(scaling, "rope_type") ?? stringField(scaling, "type");
  return type === undefined || ROPES.has(type) ? [] : [`its rope_scaling is ${type}`];
}

/** Also one for each kind of layer counts. */
function hasTheta(values: unknown): boolean {
  const own = field(values, "rope_parameters");
  return (
    [field(values, "rope_theta"), field(own, "rope_theta")].some((theta) => theta != null) ||
    (isObject(own) && Object.values(own).some((one) => field(one, "rope_theta") !== undefined))
  );
}

// ALLOWED_LAYER_TYPES and the older names of transformers' configuration_utils.py (5.24).
const LAYER_TYPES: ReadonlySet<string> = new Set(
  "full_attention sliding_attention chunked_attention window_attention indexed_attention compressed_sparse_attention heavily_compressed_attention minimax_m3_sparse conv moe hybrid hybrid_sliding reference_sliding_attention linear_attention sparse dense mamba attention deepseek_sparse_attention qwen_sparse_attention".split(
    " ",
  ),
);

/** None of them known: a list of something else, or written by hand. */
function layerTypes(values: unknown): readonly string[] {
  const types = field(values, "layer_types");
  if (!Array.isArray(types) || types.length === 0 || isObject(types[0])) return [];
  const unknown = types.every((type) => typeof type === "string" && !LAYER_TYPES.has(type));
  return unknown ? [`its layer_types are ${String(types[0]).slice(0, 60)}`] : [];
}
