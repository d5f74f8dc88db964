import { checkRepoPath } from "../names/repo-path.ts";

/** Names the files of sharded weights: `model.safetensors.index.json`, in any folder and of any format. */
export function isShardIndex(path: string): boolean {
  return /\.(?:safetensors|bin|gguf|npz)\.index\.json$/.test(path);
}

/**
 * The weights that some file of a snapshot names and that are not among `here`: the shards of each index, and the
 * numbers that a series such as `model-00002-of-00003.safetensors` lacks. `readIndex` gives an index's text.
 */
export function absentShards(
  here: ReadonlySet<string>,
  readIndex: (path: string) => string | undefined,
): readonly string[] {
  const named = new Set<string>();
  for (const path of here) {
    if (isShardIndex(path)) {
      const folder = path.slice(0, path.lastIndexOf("/") + 1);
      for (const name of shardsOf(readIndex(path))) named.add(folder + name);
    }
    for (const name of seriesOf(path)) named.add(name);
  }
  return [...named].filter((path) => isSafe(path) && !here.has(path)).toSorted();
}

/** The values of an index's `weight_map` (huggingface_hub's sharded checkpoints). */
function shardsOf(text: string | undefined): readonly string[] {
  try {
    const index: unknown = JSON.parse(text ?? "");
    if (typeof index !== "object" || index === null || !("weight_map" in index)) return [];
    const names: readonly unknown[] = Object.values(index.weight_map ?? {});
    return names.filter((name) => typeof name === "string");
  } catch {
    return [];
  }
}

const SERIES = /^(.*[-_.])(\d{5})-of-(\d{5})(\.(?:safetensors|bin|gguf|npz))$/;
/** More shards than any model has: a larger number is no count. */
const MAX_SHARDS = 5000;

function seriesOf(path: string): readonly string[] {
  const [, before = "", , total = "", after = ""] = SERIES.exec(path) ?? [];
  const count = Number(total);
  if (count < 1 || count > MAX_SHARDS) return [];
  return Array.from(
    { length: count },
    (_, index) => `${before}${String(index + 1).padStart(5, "0")}-of-${total}${after}`,
  );
}

function isSafe(path: string): boolean {
  try {
    return checkRepoPath(path) === path;
  } catch {
    return false;
  }
}
