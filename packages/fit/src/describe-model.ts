import { findCacheGroups, languageModel } from "./cache-groups.ts";
import { contextLengthOf } from "./context-length.ts";
import { evidenceOf, type EvidenceList } from "./evidence.ts";
import { field, objectField, parseJsonObject, stringField } from "./json-value.ts";
import { MLX_LM_TABLE } from "./mlx-lm-table.ts";
import { type MlxLmSupport, mlxLmModule } from "./mlx-lm-support.ts";
import { missingSettings } from "./model-arguments.ts";
import { readModelCard } from "./model-card.ts";
import { countField, type ModelConfig, parseModelConfig } from "./model-config.ts";
import type { Experts, ModelDescription } from "./model-description.ts";
import type { ModelFiles } from "./model-files.ts";
import { modelRoles } from "./model-roles.ts";
import { describeWeights } from "./describe-weights.ts";
import { findWeightFiles } from "./weight-files.ts";

/** How a model is described. */
export interface DescribeOptions {
  /** The release of mlx-lm that would run it; default: the one this package knows. */
  readonly support?: MlxLmSupport | undefined;
}

/** Describes a model from its own files, with the evidence for each value. Throws `fit/invalid-config`. */
export function describeModel(files: ModelFiles, options: DescribeOptions = {}): ModelDescription {
  const { support = MLX_LM_TABLE } = options;
  const config = parseModelConfig(files.config);
  const { text, root, prefix, modelType, architectures } = config;
  const evidence: EvidenceList = {};
  const module =
    modelType === undefined ? undefined : mlxLmModule(modelType, architectures, support);
  const caches = module === undefined ? undefined : findCacheGroups(module, root);
  const weightFiles = findWeightFiles(files);
  if (weightFiles.known) {
    const named = weightFiles.loaded.length === 1 ? "file" : "files";
    const detail = `${weightFiles.loaded.length} ${named} model*.safetensors`;
    evidence["weightFiles"] = evidenceOf("files", detail);
  }
  const weights = describeWeights({ files, config, weightFiles, evidence });
  const context = contextLengthOf(config);
  const said = (name: string, value: unknown, at: string): void => {
    if (value !== undefined) evidence[name] = evidenceOf("config", `config.json: ${at}`);
  };
  said("modelType", modelType, "model_type");
  said("contextLength", context.tokens, context.field);
  if (module !== undefined) {
    evidence["module"] = evidenceOf(
      "config",
      `mlx-lm ${support.mlxLmVersion}: models/${module}.py`,
    );
  }
  if (caches && "groups" in caches) {
    evidence["cache"] = evidenceOf("config", `config.json, by mlx-lm's ${module}`);
  }
  const hiddenSize = firstCount(text, [
    "hidden_size",
    "n_embd",
    "d_model",
    "model_dim",
    "hidden_dim",
  ]);
  const vocabularySize =
    firstCount(text, ["vocab_size", "num_vocab"]) ?? countField(root, "vocab_size");
  const layers = firstCount(text, LAYER_COUNTS);
  said("hiddenSize", hiddenSize, `${prefix}hidden_size`);
  const experts = expertsOf(config);
  said("experts", experts ?? undefined, `${prefix}num_experts`);
  const tokens = tokenizerFacts(files, evidence);
  const origin = originFacts(files, evidence);
  const remoteCode = remoteCodeOf(files, config);
  const language = module === undefined ? undefined : languageModel(module, root);
  return {
    modelType: modelType ?? null,
    module: module ?? null,
    architectures,
    attention: caches && "groups" in caches ? caches.family : null,
    experts,
    layers: layers ?? null,
    hiddenSize: hiddenSize ?? null,
    vocabularySize: vocabularySize ?? null,
    ...weights,
    contextLength: context.tokens ?? null,
    ropeScaling: context.scaling,
    cache:
      caches && "groups" in caches
        ? {
            elementBytes: weights.dtype === "float32" ? 4 : 2,
            groups: caches.groups,
            kvBitsFailure: caches.kvBitsFailure,
          }
        : null,
    cacheUnknown:
      caches && "groups" in caches ? null : (caches?.reason ?? "mlx-lm has no module for it"),
    tokenizer: tokens.tokenizer,
    chatTemplate: tokens.hasTemplate,
    roles: modelRoles({
      config,
      template: tokens.template,
      hasTemplate: tokens.hasTemplate,
      pipelineTag: files.hub?.pipelineTag,
      paths: (files.files ?? []).map(({ path }) => path),
    }),
    ...origin,
    remoteCode,
    weightFiles: weightFiles.loaded,
    ignoredWeightFiles: weightFiles.ignored,
    strayWeightFiles: weightFiles.stray,
    missingFiles: weightFiles.missing,
    missingSettings: language ? missingSettings(language.key, language.values) : [],
    evidence,
  };
}

const LAYER_COUNTS = [
  "num_hidden_layers",
  "n_layer",
  "num_layers",
  "n_layers",
  "num_transformer_layers",
];

function firstCount(section: unknown, names: readonly string[]): number | undefined {
  const name = names.find((candidate) => countField(section, candidate) !== undefined);
  return name === undefined ? undefined : countField(section, name);
}

function expertsOf({ text }: ModelConfig): Experts | null {
  const total = firstCount(text, [
    "n_routed_experts",
    "num_experts",
    "num_local_experts",
    "moe_num_experts",
  ]);
  if (total === undefined || total < 2) return null;
  const active = firstCount(text, [
    "num_experts_per_tok",
    "num_experts_per_token",
    "moe_topk",
    "moe_top_k",
    "moe_k",
    "top_k_experts",
  ]);
  return { total, active: active ?? null };
}

const TOKENIZER_FILES =
  /^(?:tokenizer\.(?:json|model)|spiece\.model|sentencepiece\.bpe\.model|[^/]*\.tiktoken|vocab\.(?:json|txt))$/;

interface TokenizerFacts {
  readonly tokenizer: boolean | null;
  readonly hasTemplate: boolean | null;
  /** The template's text; null when there is none, undefined when the text is not known. */
  readonly template: string | null | undefined;
}

function tokenizerFacts(files: ModelFiles, evidence: EvidenceList): TokenizerFacts {
  const paths = files.files?.map(({ path }) => path);
  const file = paths?.find((path) => TOKENIZER_FILES.test(path));
  if (paths) evidence["tokenizer"] = evidenceOf("files", file ?? "no tokenizer file");
  const own = field(parseJsonObject(files.tokenizerConfig), "chat_template");
  const text = files.chatTemplate ?? (typeof own === "string" ? own : undefined);
  const named =
    own !== undefined && own !== null
      ? "tokenizer_config.json: chat_template"
      : (paths?.find((path) =>
          /^(?:chat_template\.(?:jinja|json)|additional_chat_templates\/.+)$/.test(path),
        ) ?? (files.chatTemplate === undefined ? undefined : "chat_template.jinja"));
  const known = named !== undefined || (paths !== undefined && files.tokenizerConfig !== undefined);
  if (known) {
    evidence["chatTemplate"] = evidenceOf("tokenizer", named ?? "no chat template");
  }
  return {
    tokenizer: paths ? file !== undefined : null,
    hasTemplate: known ? named !== undefined : null,
    template: text ?? (Array.isArray(own) ? JSON.stringify(own).slice(0, 1_000_000) : undefined),
  };
}

function originFacts(
  files: ModelFiles,
  evidence: EvidenceList,
): { readonly license: string | null; readonly baseModels: readonly string[] } {
  const card = readModelCard(files.card);
  const tags = files.hub?.tags ?? [];
  const tagged = (prefix: string): readonly string[] =>
    tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
  const license = card.license ?? files.hub?.license ?? tagged("license:")[0];
  if (license !== undefined) {
    evidence["license"] = card.license
      ? evidenceOf("card", "README.md: license")
      : evidenceOf("hub", "license");
  }
  const named = card.baseModels.length > 0 ? card.baseModels : (files.hub?.baseModels ?? []);
  // `base_model:quantized:org/name` is the same model once more.
  const baseModels =
    named.length > 0 ? named : tagged("base_model:").filter((id) => !/^[a-z]+:/.test(id));
  if (baseModels.length > 0) {
    evidence["baseModels"] =
      card.baseModels.length > 0
        ? evidenceOf("card", "README.md: base_model")
        : evidenceOf("hub", "tag base_model");
  }
  return { license: license ?? null, baseModels };
}

function remoteCodeOf(files: ModelFiles, { root }: ModelConfig): readonly string[] {
  const modelFile = stringField(root, "model_file");
  const mapped = Object.entries(objectField(root, "auto_map") ?? {})
    .slice(0, 20)
    .map(([name, value]) => `auto_map.${name}: ${String(value).slice(0, 200)}`);
  const scripts = (files.files ?? [])
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".py"));
  return [
    ...(modelFile === undefined ? [] : [`model_file: ${modelFile}`]),
    ...mapped,
    ...scripts.slice(0, 50),
  ];
}
