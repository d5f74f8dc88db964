/** The subject of a change of a model. */
export type ChangeClass = "weights" | "config" | "template" | "tokenizer" | "card" | "other";

/** All classes, the weightiest first. */
export const CHANGE_CLASSES: readonly ChangeClass[] = [
  "weights",
  "config",
  "template",
  "tokenizer",
  "card",
  "other",
];

/** By the file's name, as mlx-lm, transformers and the Hub give them. */
const RULES: readonly (readonly [ChangeClass, RegExp])[] = [
  ["weights", /\.(?:safetensors|npz|gguf|bin|pt|pth|onnx|safetensors\.index\.json)$/i],
  ["template", /^(?:chat_template(?:\.\w+)?|additional_chat_templates\/.*\.jinja|.*\.jinja)$/i],
  [
    "tokenizer",
    /(?:^|\/)(?:tokenizer[^/]*|vocab[^/]*|merges\.txt|special_tokens_map\.json|added_tokens\.json|spiece\.model|sentencepiece[^/]*|[^/]*\.tiktoken)$/i,
  ],
  [
    "card",
    /^(?:README(?:\.\w+)?|LICEN[SC]E[^/]*|NOTICE[^/]*|USE_POLICY[^/]*|.*\.(?:png|jpe?g|gif|svg|webp|md))$/i,
  ],
  ["config", /\.(?:json|py|ya?ml)$/i],
];

/** The class of a file of a model, by its path. */
export function changeClass(path: string): ChangeClass {
  return RULES.find(([, pattern]) => pattern.test(path))?.[0] ?? "other";
}
