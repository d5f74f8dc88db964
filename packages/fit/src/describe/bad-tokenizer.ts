import { field, isObject, stringField } from "../model/json-value.ts";
import type { ModelFiles } from "../model/model-files.ts";
import { TOKENIZER_CLASSES, TOKENIZER_MODELS } from "../mlx-lm/tokenizer-classes.ts";

/** Three lines: the version, the digest, and a size of 1 to 12 digits. */
const isPointerSize = (bytes: number): boolean => bytes >= 126 && bytes <= 138;

// One with ten words has 300 bytes. What is smaller knows none.
const LEAST_TOKENIZER = 150;

/** Why transformers cannot make a tokenizer of these files, one sentence. Null where nothing speaks against it. */
export function badTokenizer(files: ModelFiles, modelType: string | undefined): string | null {
  for (const [path, end] of files.tokenizerEnds ?? []) {
    if (!end.trimEnd().endsWith("}")) return `${path} does not end as JSON does`;
  }
  const listed = files.files?.find(({ path }) => path === "tokenizer.json");
  if (listed?.size !== undefined && isPointerSize(listed.size)) {
    return `tokenizer.json is no tokenizer: with ${listed.size} bytes it is a git-lfs pointer`;
  }
  if (listed?.size !== undefined && listed.size < LEAST_TOKENIZER) {
    return `tokenizer.json is no tokenizer: it has ${listed.size} bytes`;
  }
  if (files.tokenizerConfig === undefined) return null;
  try {
    const config: unknown = JSON.parse(files.tokenizerConfig);
    return TOKENIZER_MODELS.has(modelType ?? "") ? null : missingCode(files, config);
  } catch {
    return "tokenizer_config.json is no JSON";
  }
}

/** A tokenizer that only code of the repo makes, which is not there. */
function missingCode(files: ModelFiles, config: unknown): string | null {
  const mapped = field(field(config, "auto_map"), "AutoTokenizer");
  const [slow, fast]: readonly unknown[] = Array.isArray(mapped) ? mapped : [mapped];
  const named = typeof fast === "string" ? fast : slow;
  if (!isObject(config) || typeof named !== "string" || files.files === undefined) return null;
  const known = stringField(config, "tokenizer_class")?.replace(/Fast$/, "");
  if (known !== undefined && TOKENIZER_CLASSES.has(known)) return null;
  // Code of another repo is looked for there.
  if (named.includes("--")) return null;
  const file = `${named.slice(0, named.indexOf("."))}.py`;
  return files.files.some(({ path }) => path === file)
    ? null
    : `its tokenizer is code of the repo, and ${file.slice(0, 100)} is not there`;
}
