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
  const failed = new AbortController();
  const signals = [failed.signal, ...(options.signal ? [options.signal] : [])];
  const each = { ...options, signal: AbortSignal.any(signals) };
  const models: EnsuredModel[] = [];
  const waiting = refs.entries();
  const work = async (): Promise<void> => {
    for (const [index, ref] of waiting) models[index] = await ensureModel(ref, each);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(MODELS_AT_ONCE, refs.length) }, work));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return models;
}
