import { ensureModel, type EnsuredModel } from "./ensure-model.ts";
import type { EnsureOptions } from "./options.ts";

/** Options of `prefetch`. */
export interface PrefetchOptions extends EnsureOptions {
  /** Downloads at once; they share `connections`. Default 2. */
  readonly parallel?: number | undefined;
}

const CONNECTIONS = 8;

/**
 * Brings several models here, a few at a time over one budget of connections, and says where they are, in the order
 * of the refs. For engines that preload models by themselves: run it before they start. The first failure stops the rest.
 */
export async function prefetch(
  refs: readonly string[],
  options: PrefetchOptions = {},
): Promise<readonly EnsuredModel[]> {
  const { parallel = 2, connections = CONNECTIONS, signal, ...rest } = options;
  const lanes = Math.max(1, Math.min(parallel, refs.length));
  const failed = new AbortController();
  const each: EnsureOptions = {
    ...rest,
    connections: Math.max(1, Math.floor(connections / lanes)),
    signal: AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]),
  };
  const models: EnsuredModel[] = [];
  const waiting = refs.entries();
  const work = async (): Promise<void> => {
    for (const [index, ref] of waiting) models[index] = await ensureModel(ref, each);
  };
  try {
    await Promise.all(Array.from({ length: lanes }, work));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return models;
}
