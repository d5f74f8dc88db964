import { EngineAdapterError } from "../contract/errors.ts";

const ID = /^[a-zA-Z0-9_\-./@:]+$/;
const MAX_ID = 512;
const MAX_PATH = 4096;

/** Would the engine take this as a model's id (`runtime.py`: its characters, no `..`, at most 512)? */
export function isEngineId(id: string): boolean {
  return ID.test(id) && !id.includes("..") && id.length <= MAX_ID;
}

/** Refuses an id that the engine's runtime refuses. Throws `engine/invalid-input`. */
export function checkEngineId(id: string): void {
  if (isEngineId(id)) return;
  throw new EngineAdapterError(
    `mlx-serving takes no model named ${JSON.stringify(id.slice(0, 120))}`,
    "engine/invalid-input",
    {
      hint: "Use letters, digits, - _ . / @ and :, without two dots in a row, at most 512 characters.",
      data: { model: id.slice(0, MAX_ID) },
    },
  );
}

/**
 * Refuses a folder that the engine's runtime refuses as `local_path`: not absolute, longer than 4096 characters, or
 * with `..` or `~` anywhere in it. Throws `engine/unsafe-path`.
 */
export function checkEnginePath(path: string): void {
  const problem = problemOf(path);
  if (problem === undefined) return;
  throw new EngineAdapterError(
    `mlx-serving does not load from ${path}: ${problem}`,
    "engine/unsafe-path",
    { hint: "Keep models in another folder: set cacheDir, or HF_HOME.", data: { path } },
  );
}

function problemOf(path: string): string | undefined {
  if (!/^(?:[/\\]|[a-zA-Z]:[/\\])/.test(path)) return "the path is not absolute";
  if (path.includes("..")) return "the path holds two dots in a row";
  if (path.includes("~")) return "the path holds a ~";
  if (path.length > MAX_PATH) return `the path is longer than ${MAX_PATH} characters`;
  return undefined;
}
