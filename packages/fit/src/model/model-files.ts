import type { SafetensorsHeader } from "./safetensors-header.ts";

/** One file of a model, as a listing names it. */
export interface ModelFile {
  readonly path: string;
  /** Bytes. Absent when the listing does not say. */
  readonly size?: number | undefined;
}

/** The Hub's facts about a repo, beside its files. */
export interface HubFacts {
  readonly repoId?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly libraryName?: string | undefined;
  readonly pipelineTag?: string | undefined;
  readonly license?: string | undefined;
  readonly baseModels?: readonly string[] | undefined;
}

/** The texts and lists that a model is described from. Only `config` is required. Every other one makes the description surer. */
export interface ModelFiles {
  /** The text of `config.json`. */
  readonly config: string;
  /** Every file of the snapshot. */
  readonly files?: readonly ModelFile[] | undefined;
  /** The text of `model.safetensors.index.json`. */
  readonly index?: string | undefined;
  /** The headers of the weight files that were read, by path. */
  readonly headers?: ReadonlyMap<string, SafetensorsHeader> | undefined;
  /** The faults of weight files whose header could not be read, by path. */
  readonly badHeaders?: ReadonlyMap<string, string> | undefined;
  /** The last characters of `tokenizer.json`, `special_tokens_map.json` and the like, of those that are at hand, by path. */
  readonly tokenizerEnds?: ReadonlyMap<string, string> | undefined;
  /** The text of `hf_quant_config.json`, where NVIDIA's tool puts the facts that others put into `quantization_config`. */
  readonly hfQuantConfig?: string | undefined;
  /** The text of `tokenizer_config.json`. */
  readonly tokenizerConfig?: string | undefined;
  /** The text of `generation_config.json`. */
  readonly generationConfig?: string | undefined;
  /** The text of `chat_template.jinja`. */
  readonly chatTemplate?: string | undefined;
  /** The text of `README.md`, the model card. */
  readonly card?: string | undefined;
  readonly hub?: HubFacts | undefined;
}
