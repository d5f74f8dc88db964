import { ensureModel } from "./ensure-model.ts";
import type { EnsureOptions } from "../contract/options.ts";

/**
 * The folder of a model, downloaded when it is not here. This is the name in mlx-serving's documentation. It does
 * everything that `ensureModel` does.
 */
export async function loadOrDownloadModel(
  ref: string,
  options: EnsureOptions = {},
): Promise<string> {
  const { path } = await ensureModel(ref, options);
  return path;
}
