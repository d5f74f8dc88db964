import { objectField, stringsField } from "../model/json-value.ts";
import { MLX_PROGRAMS } from "../mlx-programs/table.ts";
import { parseModelName } from "../name/model-name.ts";
import type { ModelConfig } from "../model/model-config.ts";
import type { ModelRole } from "../model/model-description.ts";

/** The facts that show the roles of a model. */
export interface RoleSigns {
  readonly config: ModelConfig;
  /** The chat template's text. Null when there is none, undefined when its text is not known. */
  readonly template: string | null | undefined;
  readonly hasTemplate: boolean | null;
  readonly pipelineTag: string | undefined;
  readonly paths: readonly string[];
  readonly repoId: string | undefined;
  /** Whether mlx-lm has a module for it. */
  readonly hasModule: boolean;
}

// Encoders: their output is a vector.
const ENCODERS: ReadonlySet<string> = new Set([
  "bert",
  "roberta",
  "xlm-roberta",
  "modernbert",
  "nomic_bert",
  "distilbert",
  "llama_bidirec",
  "siglip",
]);
const SPEECH: ReadonlySet<string> = new Set(
  Object.values(MLX_PROGRAMS.audio).flatMap((words) => words.split(" ")),
);
const EMBEDDING_TAGS = new Set(["feature-extraction", "sentence-similarity", "text-ranking"]);

/** The roles of a model, by its template, its config's sections and the Hub's pipeline tag. */
export function modelRoles(signs: RoleSigns): readonly ModelRole[] {
  const { config, template, hasTemplate, pipelineTag, paths } = signs;
  const { root, architectures } = config;
  const roles = new Set<ModelRole>();
  const embeds =
    EMBEDDING_TAGS.has(pipelineTag ?? "") ||
    ENCODERS.has(config.modelType ?? "") ||
    parseModelName(signs.repoId ?? "").roles.includes("embedding") ||
    paths.includes("modules.json") ||
    paths.includes("1_Pooling/config.json");
  if (embeds) roles.add("embedding");
  else if (hasTemplate === true) roles.add("chat");
  else if (hasTemplate === false && architectures.some((name) => name.endsWith("ForCausalLM"))) {
    roles.add("base");
  }
  if (template && /\btools\b/.test(template)) roles.add("tools");
  if (
    template &&
    /<\/?think|enable_thinking|reasoning_content|reasoning_effort|\[THINK\]/.test(template)
  ) {
    roles.add("reasoning");
  }
  const has = (...sections: readonly string[]): boolean =>
    sections.some((section) => objectField(root, section) !== undefined);
  if (has("vision_config", "vit_config", "visual") || pipelineTag === "image-text-to-text") {
    roles.add("vision");
  }
  if (
    has("audio_config", "speech_config") ||
    stringsField(root, "audio_token").length > 0 ||
    (!signs.hasModule && SPEECH.has(config.modelType?.toLowerCase() ?? ""))
  ) {
    roles.add("audio");
  }
  return [...roles];
}
