import { field, isObject, type JsonObject, objectField, stringField } from "../model/json-value.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";

/** The rope scaling that a module takes: keys that must be there, and kinds. */
interface RopeRule {
  readonly keys: readonly string[];
  /** Absent: any kind. */
  readonly types?: readonly string[];
}

// Read in `__post_init__` of mlx-lm 0.32.2. Phi-3's kinds are those of transformers (configuration_phi3.py of 5.24).
const ROPE_RULES: ReadonlyMap<string, RopeRule> = new Map([
  ["hunyuan", { keys: ["factor", "type"] }],
  ["hunyuan_v1_dense", { keys: ["alpha", "factor", "type"] }],
  ["internlm2", { keys: ["factor", "type"], types: ["linear", "dynamic"] }],
  ["internlm3", { keys: ["factor", "rope_type"], types: ["linear", "dynamic"] }],
  ["nemotron", { keys: ["factor"], types: ["linear"] }],
  ["phi3", { keys: ["long_factor", "type"], types: ["default", "longrope", "su", "yarn"] }],
  ["qwen2_moe", { keys: ["factor", "type"], types: ["linear"] }],
]);

// Modules whose heads share the hidden size without a rest, by the names of the two settings.
const WHOLE_HEADS: ReadonlyMap<string, readonly [hidden: string, heads: string]> = new Map([
  ["baichuan_m1", ["hidden_size", "num_attention_heads"]],
  ["gpt2", ["n_embd", "n_head"]],
  ["gpt_neox", ["hidden_size", "num_attention_heads"]],
  ["gptj", ["n_embd", "n_head"]],
  ["stablelm", ["hidden_size", "num_attention_heads"]],
]);

const COHERE_HEADS = 32;
const COHERE_HEAD_DIM = 128;

// Modules that know one way of choosing experts.
const NOAUX_ONLY: ReadonlySet<string> = new Set([
  "deepseek_v3",
  "deepseek_v32",
  "exaone_moe",
  "glm4_moe",
  "glm4_moe_lite",
  "mimo_v2_flash",
]);

// Types whose config transformers 5.24 takes with an `initializer_range` from 0 to 1 alone. Python reads NaN as a number.
const BOUNDED_RANGE: ReadonlySet<string> = new Set(["exaone", "llama", "olmo_hybrid"]);

// Types whose config has no length of its own beside its parts, which transformers 5.24 wants for these kinds of rope scaling.
const LENGTH_IN_PARTS: ReadonlySet<string> = new Set(
  "aya_vision falcon_mamba gemma3 gemma3n gemma4 gemma4_unified glm4v glm4v_moe idefics3 internvl kimi_k25 lfm2_vl llama4 llava llava_next llava_onevision mamba mamba2 minimax_m3_vl mistral3 muse_glimmer muse_spark paligemma pixtral qwen3_5 qwen3_5_moe qwen3_omni_moe qwen3_vl qwen3_vl_moe recurrent_gemma smolvlm".split(
    " ",
  ),
);
const SCALED_BY_LENGTH: ReadonlySet<string> = new Set(["llama3", "longrope", "yarn"]);

/** What single modules of mlx-lm, or transformers for the tokenizer, check of a config by a rule of their own. */
export function moduleRules(
  key: string,
  values: JsonObject,
  { root, modelType }: ModelConfig,
): readonly string[] {
  const scaling = objectField(root, "rope_scaling");
  const kind = ropeKind(scaling);
  const range = field(root, "initializer_range");
  return [
    ...ropeRule(key, objectField(values, "rope_scaling")),
    ...(key === "phi3" ? phi3Factors(values) : []),
    ...headRule(key, values),
    ...(NOAUX_ONLY.has(key) && isOther(values, "topk_method", "noaux_tc")
      ? [`its topk_method is ${stringField(values, "topk_method")}`]
      : []),
    ...(BOUNDED_RANGE.has(modelType ?? "") &&
    range !== undefined &&
    !(typeof range === "number" && range >= 0 && range <= 1)
      ? ["initializer_range is no number from 0 to 1"]
      : []),
    ...(LENGTH_IN_PARTS.has(modelType ?? "") &&
    SCALED_BY_LENGTH.has(kind ?? "") &&
    Boolean(field(root, "rope_theta"))
      ? [`rope_scaling (${kind}) stands beside the parts, and not in one`]
      : []),
  ];
}

const isOther = (values: JsonObject, name: string, wanted: string): boolean => {
  const said = stringField(values, name);
  return said !== undefined && said !== wanted;
};

const ropeKind = (scaling: JsonObject | undefined): string | undefined =>
  stringField(scaling, "rope_type") ?? stringField(scaling, "type");

function ropeRule(key: string, scaling: JsonObject | undefined): readonly string[] {
  const rule = ROPE_RULES.get(key);
  // Python takes an empty object for none.
  if (rule === undefined || !isObject(scaling) || Object.keys(scaling).length === 0) return [];
  const lacking = rule.keys.filter((name) => !Object.hasOwn(scaling, name));
  if (lacking.length > 0) return [`rope_scaling has no ${lacking.join(" and no ")}`];
  const kind = stringField(scaling, "type") ?? stringField(scaling, "rope_type");
  return rule.types === undefined || rule.types.includes(kind ?? "")
    ? []
    : [`its rope_scaling is ${kind ?? "of no kind"}`];
}

/** Transformers wants a factor for each pair of rotated numbers. */
function phi3Factors(values: JsonObject): readonly string[] {
  const scaling = objectField(values, "rope_scaling");
  const hidden = countField(values, "hidden_size");
  const heads = countField(values, "num_attention_heads");
  const share = field(values, "partial_rotary_factor") ?? 1;
  if (scaling === undefined || hidden === undefined || heads === undefined) return [];
  if (typeof share !== "number") return [];
  const wanted = Math.floor(Math.floor(Math.floor(hidden / heads) * share) / 2);
  return ["short_factor", "long_factor"]
    .filter((name) => {
      const factors = field(scaling, name);
      return factors != null && !(Array.isArray(factors) && factors.length === wanted);
    })
    .map((name) => `${name} of rope_scaling is no list of ${wanted}`);
}

function headRule(key: string, values: JsonObject): readonly string[] {
  const [hiddenName, headsName] = WHOLE_HEADS.get(key) ?? [];
  if (hiddenName !== undefined && headsName !== undefined) {
    const [hidden, heads] = [countField(values, hiddenName), countField(values, headsName)];
    return hidden !== undefined && heads !== undefined && hidden % heads !== 0
      ? [`${hiddenName} is ${hidden}, which ${heads} heads do not share without a rest`]
      : [];
  }
  if (key !== "cohere2") return [];
  const hidden = countField(values, "hidden_size");
  const heads = countField(values, "num_attention_heads") ?? COHERE_HEADS;
  const dim = countField(values, "head_dim") ?? COHERE_HEAD_DIM;
  return hidden === undefined || heads * dim === hidden
    ? []
    : [`hidden_size is ${hidden}, and its ${heads} heads of ${dim} are ${heads * dim} wide`];
}
