import { forEachInLanes } from "@mlx-download/cache/writing";
import type { EnsuredModel } from "../contract/engine.ts";
import { ensureModel } from "./ensure-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

const MODELS_AT_ONCE = 8;

/**
 * Brings several models here, a few at a time over one budget of connections, and says where they are, in the order
 * of the refs. For engines that preload models by themselves: run it before they start. The first failure stops the rest.
 */
export async function prefetch(
  refs: readonly string[],
  options: EnsureOptions = {},
): Promise<readonly EnsuredModel[]> {
  const models: EnsuredModel[] = [];
  const ensure = async (ref: string, signal: AbortSignal, index: number): Promise<void> => {
    models[index] = await ensureModel(ref, { ...options, signal });
  };
  await forEachInLanes(refs, ensure, { atOnce: MODELS_AT_ONCE, signal: options.signal });
  return models;
}
