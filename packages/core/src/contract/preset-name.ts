/** A named choice of files. */
export type PresetName = "all" | "mlx" | "tokenizer" | "config";
