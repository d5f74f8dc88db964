import { findCacheGroups, type LanguageModel, languageModel } from "../caches/cache-groups.ts";
import { scoreMatrices } from "../caches/score-matrices.ts";
import { badSettings } from "./bad-settings.ts";
import { badTokenizer } from "./bad-tokenizer.ts";
import { contextLengthOf } from "./context-length.ts";
import { evidenceOf, type EvidenceList } from "../model/evidence.ts";
import { field, objectField, parseJsonObject, stringField } from "../model/json-value.ts";
import { MLX_LM_TABLE } from "../mlx-lm/table.ts";
import { type MlxLmSupport, mlxLmModule } from "../mlx-lm/support.ts";
import { missingSettings } from "../mlx-lm/model-arguments.ts";
import { readModelCard } from "../model/model-card.ts";
import { countField, type ModelConfig, parseModelConfig } from "../model/model-config.ts";
import type { ModelDescription } from "../model/model-description.ts";
import type { ModelFiles } from "../model/model-files.ts";
import { visionTower } from "./vision-tower.ts";
import { modelRoles } from "./model-roles.ts";
import { modelShape, stateWidthOf } from "./model-shape.ts";
import { describeWeights } from "./describe-weights.ts";
import { findWeightFiles } from "./weight-files.ts";

/** How a model is described. */
export interface DescribeOptions {
  /** The release of mlx-lm that would run it. Default: the one this package knows. */
  readonly support?: MlxLmSupport | undefined;
}

/** Describes a model from its own files, with the evidence for each value. Throws `fit/invalid-config`. */
export function describeModel(files: ModelFiles, options: DescribeOptions = {}): ModelDescription {
  const { support = MLX_LM_TABLE } = options;
  const config = parseModelConfig(files.config);
  const { root, prefix, modelType, architectures } = config;
  const evidence: EvidenceList = {};
  const module =
    modelType === undefined ? undefined : mlxLmModule(modelType, architectures, support);
  // A program that mlx-lm is not runs the language model inside with the same caches.
  const inner = module === undefined ? innerModel(config, support) : { module, values: root };
  const caches = inner && findCacheGroups(inner.module, inner.values);
  const weightFiles = findWeightFiles(files);
  if (weightFiles.known) {
    const named = weightFiles.loaded.length === 1 ? "file" : "files";
    const detail = `${weightFiles.loaded.length} ${named} model*.safetensors`;
    evidence["weightFiles"] = evidenceOf("files", detail);
  }
  const shape = modelShape(config, evidence);
  const weights = describeWeights({ files, config, weightFiles, evidence, module });
  const context = contextLengthOf(config);
  const noteField = (name: string, value: unknown, at: string): void => {
    if (value !== undefined) evidence[name] = evidenceOf("config", `config.json: ${at}`);
  };
  noteField("modelType", modelType, "model_type");
  noteField("architectures", architectures[0], "architectures");
  noteField("contextLength", context.tokens, context.field);
  noteField("ropeScaling", context.scaling ?? undefined, `${prefix}rope_scaling, rope_parameters`);
  if (module !== undefined) {
    evidence["module"] = evidenceOf(
      "config",
      `mlx-lm ${support.mlxLmVersion}: models/${module}.py`,
    );
  }
  if (caches && "groups" in caches) {
    evidence["cache"] = evidenceOf("config", `config.json, by mlx-lm's ${inner?.module}`);
    evidence["attention"] = evidence["cache"];
    evidence["scoreMatrices"] = evidence["cache"];
  }
  const stateWidth = stateWidthOf(config);
  noteField(
    "stateWidth",
    stateWidth ?? undefined,
    `${prefix}heads and width of the state's values`,
  );
  const tokens = tokenizerFacts(files, evidence);
  const origin = originFacts(files, evidence);
  const remoteCode = remoteCodeOf(files, config);
  if (remoteCode.length > 0) {
    evidence["remoteCode"] = remoteCode.some((entry) => /^(?:model_file: |auto_map\.)/.test(entry))
      ? evidenceOf("config", "config.json: model_file, auto_map")
      : evidenceOf("files", "files *.py");
  }
  const roles = modelRoles({
    config,
    template: tokens.template,
    hasTemplate: tokens.hasTemplate,
    pipelineTag: files.hub?.pipelineTag,
    repoId: files.hub?.repoId,
    hasModule: module !== undefined,
    paths: (files.files ?? []).map(({ path }) => path),
  });
  if (roles.length > 0) {
    const detail = "the chat template, sections of config.json, the Hub's pipeline tag";
    evidence["roles"] = evidenceOf("tokenizer", detail, true);
  }
  const language = inner && languageModel(inner.module, inner.values);
  const elementBytes = weights.dtype === "float32" ? 4 : 2;
  return {
    modelType: modelType ?? null,
    module: module ?? null,
    architectures,
    attention: caches && "groups" in caches ? caches.family : null,
    ...shape,
    ...weights,
    contextLength: context.tokens ?? null,
    ropeScaling: context.scaling,
    cache:
      caches && "groups" in caches
        ? {
            elementBytes,
            groups: caches.groups,
            kvBitsFailure: caches.kvBitsFailure,
          }
        : null,
    cacheUnknown:
      caches && "groups" in caches ? null : (caches?.reason ?? "mlx-lm has no module for it"),
    scoreMatrices:
      language && caches && "groups" in caches
        ? scoreMatrices(language, caches.groups, elementBytes)
        : encoderScores(config, elementBytes),
    vision: visionTower(config),
    stateWidth,
    tokenizer: tokens.tokenizer,
    badTokenizer: badTokenizer(files, modelType),
    chatTemplate: tokens.hasTemplate,
    processor:
      files.files?.some(({ path }) => /^(?:pre)?processor_config\.json$/.test(path)) ?? null,
    roles,
    ...origin,
    remoteCode,
    weightFiles: weightFiles.loaded,
    ignoredWeightFiles: weightFiles.ignored,
    strayWeightFiles: weightFiles.stray,
    missingFiles: weightFiles.missing,
    badWeightFiles: weightFiles.loaded.flatMap(({ path }) => {
      const reason = files.badHeaders?.get(path);
      return reason === undefined ? [] : [{ path, reason }];
    }),
    missingShards: weightFiles.missingShards,
    adapterFiles: weightFiles.adapters,
    missingSettings: language && module !== undefined ? lackingSettings(language) : [],
    badSettings: module === undefined ? [] : badSettings(module, config, files.config),
    evidence,
  };
}

/** The language model inside of one that mlx-lm does not have, where it would have the inner one. */
function innerModel(
  { root, text, prefix }: ModelConfig,
  support: MlxLmSupport,
): { readonly module: string; readonly values: ModelConfig["root"] } | undefined {
  if (prefix === "") return undefined;
  const type = stringField(text, "model_type") ?? "";
  const module = mlxLmModule(type, [], support);
  if (module === undefined) return undefined;
  // A wrapper of mlx-lm's own looks for its part under the same name.
  return {
    module,
    values: languageModel(module, root).values === root ? text : { text_config: text, ...text },
  };
}

// Modules of mlx-embeddings that build the scores of whole texts themselves, and their softmax beside.
const OWN_SCORES: ReadonlySet<string> = new Set(["bert", "xlm-roberta"]);

function encoderScores({ root, modelType }: ModelConfig, elementBytes: number) {
  const heads = countField(root, "num_attention_heads");
  const hidden = countField(root, "hidden_size");
  if (!OWN_SCORES.has(modelType ?? "") || heads === undefined || hidden === undefined) return [];
  const dim = Math.floor(hidden / heads);
  return [
    {
      heads,
      queryDim: dim,
      valueDim: dim,
      window: null,
      by: "module" as const,
      copies: 2,
      elementBytes,
      unpackedBytes: 0,
      maskBytes: 0,
    },
  ];
}

/** The settings that the module requires. LFM2 needs one of two sizes, which no single setting expresses. */
function lackingSettings({ key, values }: LanguageModel): readonly string[] {
  const lacking = missingSettings(key, values);
  const has = (name: string): boolean => countField(values, name) !== undefined;
  return key === "lfm2" && !has("block_ff_dim") && !has("intermediate_size")
    ? [...lacking, "block_ff_dim or intermediate_size"]
    : lacking;
}

const TOKENIZER_FILES =
  /^(?:tokenizer\.(?:json|jsonl|model)|tiktoken\.model|spiece\.model|sentencepiece\.bpe\.model|[^/]*\.tiktoken|vocab\.(?:json|txt)|rwkv_vocab[^/]*\.txt)$/;

interface TokenizerFacts {
  readonly tokenizer: boolean | null;
  readonly hasTemplate: boolean | null;
  /** The template's text. Null when there is none, undefined when the text is not known. */
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
          /^(?:chat_template\.jinja|additional_chat_templates\/.+)$/.test(path),
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
  const tokenizer = field(
    objectField(parseJsonObject(files.tokenizerConfig), "auto_map"),
    "AutoTokenizer",
  );
  if (
    tokenizer !== undefined &&
    !mapped.some((entry) => entry.startsWith("auto_map.AutoTokenizer"))
  ) {
    mapped.push(`auto_map.AutoTokenizer: ${JSON.stringify(tokenizer).slice(0, 200)}`);
  }
  const scripts = (files.files ?? [])
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".py"));
  return [
    ...(modelFile === undefined ? [] : [`model_file: ${modelFile}`]),
    ...mapped,
    ...scripts.slice(0, 50),
  ];
}
