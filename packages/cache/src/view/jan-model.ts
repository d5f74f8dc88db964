import { join } from "node:path";
import { readSmallFile } from "../disk/read-small-file.ts";
import { includedFiles, type Manifest } from "../export/manifest.ts";
import { CacheError } from "../names/errors.ts";
import { type RepoLayout, snapshotPath } from "../names/layout.ts";

/** The file by which Jan knows a model, in the folder that is the model's name. */
export const JAN_FILE = "model.yml";

const CONFIG_BYTES = 1 << 20;

/**
 * The `model.yml` of a view at `path`, as Jan 0.7.7 to 0.8.6 write it themselves when a model on this disk is imported
 * (github.com/janhq/jan, extensions/mlx-extension/src/index.ts). `model_path` is the first safetensors file: Jan takes the
 * folder that it lies in. It is absolute, since a relative one counts from Jan's own folder of data, wherever the view is.
 * Throws `cache/not-found` for a snapshot without weights.
 */
export async function janModel(
  layout: RepoLayout,
  manifest: Manifest,
  path: string,
): Promise<string> {
  const weights = includedFiles(manifest)
    .filter((file) => /^[^/]+\.safetensors$/iu.test(file.path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const first = weights.find((file) => file.path.startsWith("model")) ?? weights[0];
  if (first === undefined) {
    const { repoId, commit } = manifest;
    throw new CacheError(`${repoId} has no safetensors file in the cache`, "cache/not-found", {
      hint: "Jan loads a model by its weights. Download them first.",
      data: { repoId, commit },
    });
  }
  // JSON's strings are YAML's.
  const modelPath = JSON.stringify(join(path, first.path));
  const lines = [
    `model_path: ${modelPath}`,
    `name: ${JSON.stringify(manifest.repoId)}`,
    `size_bytes: ${weights.reduce((sum, { size }) => sum + size, 0)}`,
    ...((await seesImages(layout, manifest))
      ? [`mmproj_path: ${modelPath}`, "capabilities:", "  - vision"]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}

async function seesImages(layout: RepoLayout, { commit, included }: Manifest): Promise<boolean> {
  if (!included.has("config.json")) return false;
  const text = await readSmallFile(snapshotPath(layout, commit, "config.json"), CONFIG_BYTES);
  try {
    const config = JSON.parse(text ?? "") as { readonly vision_config?: unknown } | null;
    return typeof config?.vision_config === "object" && config.vision_config !== null;
  } catch {
    return false;
  }
}
