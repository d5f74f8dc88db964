import { usage } from "../../command-line/usage.ts";

/** Endings and names of files in model repos. No known repo of the Hub has such a name. */
const fileName =
  /(?:\.(?:json|jsonl|safetensors|txt|md|py|jinja|model|tiktoken|bin|gguf|npz|npy|pt|pth|ckpt|onnx|onnx_data|h5|msgpack|ya?ml|toml|png|jpe?g|gif|svg|wav|mp3|zip|tar|gz|pdf|csv|parquet|metal|js|wasm)|(?:^|\/)(?:README|LICEN[CS]E|NOTICE|USE_POLICY|\.gitattributes))$/i;

/** The operands of `get`: refs, or one ref and files of it, as `hf download` takes them. */
export interface NamedFiles {
  readonly refs: readonly string[];
  /** Paths and patterns. Empty means all files of the selection. */
  readonly files: readonly string[];
}

/**
 * Whether a word after the first ref names a file of that repo: a pattern, a file's name, or a path
 * below a folder.
 */
function isFile(word: string): boolean {
  if (/^[a-z]+:\/\//i.test(word) || word.includes("@")) return false;
  return /[*?[{]/.test(word) || fileName.test(word) || word.endsWith("/") || word.startsWith("./");
}

/**
 * Tells `get a/b c/d` (two models) from `get a/b config.json "*.txt"` (two files of one model).
 * Throws `cli/usage` when files follow several models.
 */
export function splitNamedFiles(operands: readonly string[]): NamedFiles {
  const [first = "", ...others] = operands;
  const files = others.filter((word) => isFile(word));
  if (files.length === 0) return { refs: operands, files: [] };
  if (files.length < others.length)
    throw usage(
      `"${files[0]}" is a file, and several models are named`,
      "Name one model and its files, or several models; --include 'PATTERN' counts for all of them.",
    );
  return { refs: [first], files };
}
