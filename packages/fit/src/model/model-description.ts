import type { CacheLayout } from "./cache-layout.ts";
import type { ModelFile } from "./model-files.ts";
import type { Quantization } from "./quantization.ts";
import type { ScoreMatrix } from "./score-matrix.ts";
import type { TensorLook } from "./tensor-finding.ts";

/** Where a value of a description was read, surest first. `name` alone is a guess. */
export type EvidenceSource =
  | "header"
  | "index"
  | "config"
  | "tokenizer"
  | "files"
  | "hub"
  | "card"
  | "name"
  | "default";

/** The source of a value of a description. */
export interface Evidence {
  readonly source: EvidenceSource;
  /** The field, file or rule, as a reader can look it up: `config.json: text_config.head_dim`. */
  readonly detail: string;
  /** No file states it: it follows from a name or a habit. */
  readonly guessed: boolean;
}

/** The purposes of a model, as its files show. */
export type ModelRole =
  | "chat"
  | "tools"
  | "reasoning"
  | "vision"
  | "audio"
  | "embedding"
  | "base"
  | "code"
  | "draft";

/** How the positions are stretched beyond the length that the model was trained for. */
export interface RopeScaling {
  /** `yarn`, `llama3`, `linear` … */
  readonly type: string;
  readonly factor: number | null;
  /** Tokens the model was trained on before stretching. */
  readonly originalContextLength: number | null;
}

/** The tower of a model that sees. */
export interface VisionTower {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly headDim: number;
  /** Patches of one image: of the size that the tower was made for, else of one megapixel. */
  readonly patches: number;
  /** Tokens that one image takes of the context. */
  readonly tokensPerImage: number;
  /** How attention sees several images: `each` alone, all in a `batch`, or `joined` to one sequence with a mask. */
  readonly images: "each" | "batch" | "joined";
  /** Numbers that a patch has as it comes: colours of its pixels, of two frames where videos are seen in pairs. */
  readonly patchPixels: number;
  /** Numbers of a patch that a block holds at once, in widths of `hiddenSize`. */
  readonly patchWidths: number;
  /** The heads are padded to a width that MLX always fuses. */
  readonly fused: boolean;
  /** A prompt with images goes through the language model in one step, whatever `--prefill-step-size` says. */
  readonly whole: boolean;
}

/** A mixture of experts. */
export interface Experts {
  readonly total: number;
  /** Experts that work on one token, the shared ones not counted. */
  readonly active: number | null;
  /** Parameters of all experts together, by the config's sizes. Null where it does not give them. */
  readonly parameters: number | null;
}

/**
 * A model as its own files describe it. JSON-safe. Null means unknown, except that `quantization`, `ropeScaling`
 * and `experts` are null where the model has none.
 */
export interface ModelDescription {
  /** `model_type` of the config. */
  readonly modelType: string | null;
  /** The module of mlx-lm that runs it, after mlx-lm's own remapping. Null when mlx-lm has none. */
  readonly module: string | null;
  readonly architectures: readonly string[];
  /** How the layers keep the past: `dense` attention, `hybrid` of attention and states, `recurrent` states alone. */
  readonly attention: "dense" | "sliding" | "latent" | "hybrid" | "recurrent" | null;
  readonly experts: Experts | null;
  readonly layers: number | null;
  readonly hiddenSize: number | null;
  readonly vocabularySize: number | null;
  /** Weights counted as numbers before packing, as mlx-lm counts them. */
  readonly parameters: number | null;
  /** Parameters of tables of which each token looks up one row a layer: the embeddings of Gemma 3n and of small Gemma 4. Null without. */
  readonly lookupParameters: number | null;
  /** Elements of the stored tensors, packed ones as stored. */
  readonly storedElements: number | null;
  /** Bytes of the tensors that are loaded, as they are stored. */
  readonly weightsBytes: number | null;
  /** Bytes they take in memory: more than stored where mlx-lm unpacks them, as it does with fp8. */
  readonly residentBytes: number | null;
  /** The dtype of the unquantized tensors (or the scales): `bfloat16`, `float16`, `float32`. */
  readonly dtype: string | null;
  readonly quantization: Quantization | null;
  /** Tokens, after rope scaling. */
  readonly contextLength: number | null;
  readonly ropeScaling: RopeScaling | null;
  /** The state that each layer keeps of the past. Null when the architecture is not known here. */
  readonly cache: CacheLayout | null;
  /** The matrices of scores that its layers build where MLX has no fused attention for them. */
  readonly scoreMatrices: readonly ScoreMatrix[];
  /** By mlx-vlm, which alone runs it. Null without one, and where the config does not give its sizes. */
  readonly vision: VisionTower | null;
  /** Numbers a token that layers with a recurrent state compute with (heads × width of values). Null without such. */
  readonly stateWidth: number | null;
  readonly tokenizer: boolean | null;
  /** Why its tokenizer cannot be read, one sentence. Null where nothing speaks against it. */
  readonly badTokenizer: string | null;
  readonly chatTemplate: boolean | null;
  /** `preprocessor_config.json` or `processor_config.json`, by which images and sound are prepared. */
  readonly processor: boolean | null;
  readonly roles: readonly ModelRole[];
  readonly license: string | null;
  readonly baseModels: readonly string[];
  /** Code of the repo that some loader would run: `model_file`, `auto_map` entries, `.py` files. */
  readonly remoteCode: readonly string[];
  /** The files that mlx-lm's loader reads (`model*.safetensors` at the top). */
  readonly weightFiles: readonly ModelFile[];
  /** Weight files that it does not see. */
  readonly ignoredWeightFiles: readonly string[];
  /** Files that the index names and the listing lacks. */
  readonly missingFiles: readonly string[];
  /** Loaded weight files that the index does not name: mlx-lm loads them all the same. */
  readonly strayWeightFiles: readonly string[];
  /** Settings that mlx-lm's module refuses to go without and the config lacks. */
  readonly missingSettings: readonly string[];
  /** Settings that mlx-lm or transformers refuse, one sentence each. */
  readonly badSettings: readonly string[];
  /** Weight files that are none, and why, one sentence each. */
  readonly badWeightFiles: readonly { readonly path: string; readonly reason: string }[];
  /** Shards that the names of the others promise (`model-00001-of-00002`) and the listing lacks. */
  readonly missingShards: number;
  /** The tensors compared with those that the module loads. */
  readonly tensors: TensorLook;
  /** The tensors compared with those that mlx-embeddings loads. Null where it has no such model. */
  readonly embedderTensors: TensorLook | null;
  /** Files of an adapter, which needs a model to work on. */
  readonly adapterFiles: readonly string[];
  /** Why mlx-lm does not read the quantization. Null where it does. */
  readonly unsupportedQuantization: string | null;
  /** Why it cannot be told whether mlx-lm reads the quantization, one sentence. Null where it can. */
  readonly doubtfulQuantization: string | null;
  /** Why `cache` is null, one sentence. */
  readonly cacheUnknown: string | null;
  /** The contradictions between the files, one sentence each. */
  readonly problems: readonly string[];
  /** The source of each value, by its field's name. */
  readonly evidence: Readonly<Record<string, Evidence>>;
}
