import { ensureModel } from "./ensure-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

/**
 * The folder of a model, downloaded when it is not here: what mlx-serving's documentation shows under this name, with
 * everything that `ensureModel` does.
 */
export async function loadOrDownloadModel(
  ref: string,
  options: EnsureOptions = {},
): Promise<string> {
  const { path } = await ensureModel(ref, options);
  return path;
}
