import type { PresetName } from "../contract/preset-name.ts";

/** The files that a preset takes and leaves, as `fnmatch` patterns. `exclude` wins. */
export interface Preset {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const TOKENIZER = [
  "*.json",
  "*.py",
  "tokenizer.model",
  "*.tiktoken",
  "tiktoken.model",
  "*.txt",
  "*.jsonl",
  "*.jinja",
] as const;

/**
 * `all`: every file. `mlx`: at least what `mlx_lm.load` asks for, with the weight names of older MLX repos, LoRA
 * adapters, the model card and licence. `tokenizer`: what `mlx_lm.load_tokenizer` asks for. `config`: the small files
 * that describe a model.
 */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  all: { include: ["*"], exclude: [] },
  mlx: {
    include: [
      ...TOKENIZER,
      "model*.safetensors",
      "weights*.safetensors",
      "weights*.npz",
      "*adapters.safetensors",
      "*.model",
      "README.md",
      "LICENSE*",
    ],
    exclude: [],
  },
  tokenizer: { include: TOKENIZER, exclude: [] },
  config: {
    include: ["config.json", "*_config.json", "*.safetensors.index.json", "README.md"],
    exclude: [],
  },
};

/** Weights in formats that MLX does not load, left out of a download that names no files. */
export const FOREIGN_WEIGHTS: readonly string[] = [
  "*.bin",
  "*.pt",
  "*.pth",
  "*.ckpt",
  "*.gguf",
  "*.onnx",
  "*.onnx_data",
  "*.npz",
  "*.h5",
  "*.msgpack",
  "*.tflite",
  "consolidated*.safetensors",
  "original/*",
];

/** Only files above this many bytes count as weights for {@link FOREIGN_WEIGHTS}. */
export const FOREIGN_WEIGHT_BYTES = 10_000_000;

/** A repo that holds one of these needs no {@link FOREIGN_WEIGHTS}. */
export const MLX_WEIGHTS = "model*.safetensors";
