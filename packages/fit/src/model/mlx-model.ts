import { objectField, parseJsonObject } from "./json-value.ts";
import { readModelCard } from "./model-card.ts";

/** Facts that may show that a model is one for MLX. An absent fact shows nothing. */
export interface MlxSigns {
  /** The text of `config.json`. */
  readonly config?: string | undefined;
  /** The text of `README.md`. */
  readonly card?: string | undefined;
  /** The metadata of a safetensors header. */
  readonly metadata?: ReadonlyMap<string, string> | undefined;
}

/**
 * Whether a model is one for MLX: a config with the `quantization` that mlx-lm writes, a card with `library_name: mlx` or
 * the tag `mlx`, or weights marked `format: mlx`.
 */
export function isMlxModel({ config, card, metadata }: MlxSigns): boolean {
  if (objectField(parseJsonObject(config), "quantization") !== undefined) return true;
  if (metadata?.get("format") === "mlx") return true;
  const { libraryName, tags } = readModelCard(card);
  return libraryName === "mlx" || tags.includes("mlx");
}
