/** The model types that some releases of programs for MLX load. Lists are words. */
export interface MlxPrograms {
  readonly vlm: {
    readonly version: string;
    /** Modules that take images, sound, text alone, and those that embed. */
    readonly sees: string;
    readonly hears: string;
    readonly texts: string;
    readonly embeds: string;
    /** Models that only draft for others. */
    readonly drafts: string;
    /** `model_type` → module, where they differ. */
    readonly remapping: Readonly<Record<string, string>>;
    /** The same for its embedding loader. */
    readonly embedding: Readonly<Record<string, string>>;
  };
  readonly embeddings: {
    readonly version: string;
    readonly embeds: string;
    /** Modules that embed images. */
    readonly sees: string;
    readonly remapping: Readonly<Record<string, string>>;
  };
  readonly audio: {
    readonly version: string;
    /** Model types of text to speech, of speech to text, and of speech to speech. */
    readonly speaks: string;
    readonly hears: string;
    readonly converses: string;
  };
}

/** A program that runs MLX models. */
export type MlxProgram = "mlx-lm" | "mlx-vlm" | "mlx-embeddings" | "mlx-audio";
