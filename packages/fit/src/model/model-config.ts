import { FitError } from "./errors.ts";
import {
  field,
  type JsonObject,
  objectField,
  parseJsonObject,
  stringField,
  stringsField,
} from "./json-value.ts";

/** A parsed `config.json` with the part that describes the language model. */
export interface ModelConfig {
  readonly root: JsonObject;
  /** `text_config`, `llm_config` or `language_config` when there is one, else `root`. */
  readonly text: JsonObject;
  /** Where `text` was found, as a prefix of its fields' names: `""` or `text_config.`. */
  readonly prefix: string;
  readonly modelType: string | undefined;
  readonly architectures: readonly string[];
}

// Far above any real config.
const MAX_CONFIG_CHARACTERS = 16_000_000;

// Where models of several parts keep the language model's settings.
const TEXT_SECTIONS = ["text_config", "llm_config", "language_config"];

/** Parses the text of a `config.json`. Throws `fit/invalid-config` when it is no JSON object. */
export function parseModelConfig(text: string): ModelConfig {
  const root = text.length > MAX_CONFIG_CHARACTERS ? undefined : parseJsonObject(text);
  if (root === undefined) {
    throw new FitError("config.json is no JSON object", "fit/invalid-config", {
      hint: "Check that the repo is a model for transformers or MLX, and fetch its config.json again.",
    });
  }
  const section = TEXT_SECTIONS.find((name) => objectField(root, name) !== undefined);
  return {
    root,
    text: (section === undefined ? undefined : objectField(root, section)) ?? root,
    prefix: section === undefined ? "" : `${section}.`,
    modelType: stringField(root, "model_type"),
    architectures: stringsField(root, "architectures"),
  };
}

/** The number in field `name` when it is a whole one from 1 to 10⁹. */
export function countField(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === "number" && Number.isInteger(found) && found >= 1 && found <= 1e9
    ? found
    : undefined;
}
