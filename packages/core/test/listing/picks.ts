import type { ModelTask } from "@mlx-download/fit";

/** A Mac that models are recommended for. */
export interface PickedFor {
  readonly mac: string;
  readonly memory: string;
  readonly chip: string;
  /** The first recommendation for each task, reviewed by hand. */
  readonly picks: Readonly<Record<ModelTask, string>>;
}

/** What `recommend --all` must say of `models.json` first. docs/guide/choosing-a-model.md shows the same table, with the reasons. */
export const PICKS: readonly PickedFor[] = [
  {
    mac: "MacBook Air M2, 8 GB",
    memory: "8G",
    chip: "m2",
    picks: {
      chat: "mlx-community/gemma-4-e2b-it-4bit",
      code: "mlx-community/Qwen2.5-Coder-3B-Instruct-4bit",
      vision: "lmstudio-community/Qwen3-VL-4B-Instruct-MLX-5bit",
      embedding: "mlx-community/Qwen3-Embedding-0.6B-8bit",
      speech: "mlx-community/parakeet-tdt-0.6b-v3",
      draft: "mlx-community/Qwen3-0.6B-8bit",
    },
  },
  {
    mac: "Mac mini M4, 16 GB",
    memory: "16G",
    chip: "m4",
    picks: {
      chat: "mlx-community/Qwen3.5-9B-OptiQ-4bit",
      code: "mlx-community/Qwen3.5-9B-OptiQ-4bit",
      vision: "mlx-community/Qwen3.5-9B-OptiQ-4bit",
      embedding: "mlx-community/Qwen3-Embedding-0.6B-8bit",
      speech: "mlx-community/parakeet-tdt-0.6b-v3",
      draft: "mlx-community/Qwen3-0.6B-8bit",
    },
  },
  {
    mac: "MacBook Pro M3 Pro, 36 GB",
    memory: "36G",
    chip: "m3-pro",
    picks: {
      chat: "mlx-community/Qwen3.6-35B-A3B-4bit-DWQ",
      code: "mlx-community/Qwen3.6-35B-A3B-4bit-DWQ",
      vision: "mlx-community/Qwen3.6-35B-A3B-4bit-DWQ",
      embedding: "mlx-community/Qwen3-Embedding-8B-4bit-DWQ",
      speech: "mlx-community/parakeet-tdt-0.6b-v3",
      draft: "mlx-community/Qwen3-0.6B-8bit",
    },
  },
  {
    mac: "Mac Studio M4 Max, 64 GB",
    memory: "64G",
    chip: "m4-max",
    picks: {
      chat: "lmstudio-community/gemma-4-31B-it-MLX-4bit",
      code: "unsloth/Qwen3.6-27B-UD-MLX-4bit",
      vision: "lmstudio-community/gemma-4-31B-it-MLX-6bit",
      embedding: "mlx-community/Qwen3-Embedding-8B-4bit-DWQ",
      speech: "mlx-community/parakeet-tdt-0.6b-v3",
      draft: "mlx-community/Qwen3-0.6B-8bit",
    },
  },
  {
    mac: "MacBook Pro M4 Max, 128 GB",
    memory: "128G",
    chip: "m4-max",
    picks: {
      chat: "mlx-community/Qwen3.5-122B-A10B-4bit",
      code: "mlx-community/Qwen3.5-122B-A10B-4bit",
      vision: "mlx-community/Qwen3.5-122B-A10B-4bit",
      embedding: "mlx-community/Qwen3-Embedding-8B-4bit-DWQ",
      speech: "mlx-community/parakeet-tdt-0.6b-v3",
      draft: "mlx-community/Qwen3-0.6B-8bit",
    },
  },
  {
    mac: "Mac Studio M3 Ultra, 512 GB",
    memory: "512G",
    chip: "m3-ultra",
    picks: {
      chat: "lmstudio-community/Qwen3.5-397B-A17B-MLX-4bit",
      code: "lmstudio-community/Qwen3-Coder-480B-A35B-Instruct-MLX-4bit",
      vision: "lmstudio-community/Qwen3.5-397B-A17B-MLX-4bit",
      embedding: "mlx-community/Qwen3-Embedding-8B-4bit-DWQ",
      speech: "mlx-community/parakeet-tdt-0.6b-v3",
      draft: "mlx-community/Qwen3-0.6B-8bit",
    },
  },
];
