/** The purposes of a model, by the words of its name. */
export type NamedRole =
  | "instruct"
  | "base"
  | "thinking"
  | "code"
  | "math"
  | "vision"
  | "ocr"
  | "audio"
  | "asr"
  | "tts"
  | "translation"
  | "embedding"
  | "reranker"
  | "guard"
  | "draft";

const word = (pattern: string): RegExp => new RegExp(`(?<![a-z])(?:${pattern})(?![a-z0-9])`);

const ROLES: readonly (readonly [NamedRole, RegExp])[] = [
  ["instruct", word("instruct|instruction|it|chat|chatbot")],
  ["base", word("base|pt|pretrain|pretrained|foundation")],
  ["thinking", word("thinking|think|reasoning|reasoner|cot")],
  ["code", word("coder?|coding|codex|swe")],
  ["math", word("math|maths|prover")],
  ["vision", word("vl|vlm|vision|multimodal|omni|im2svg|video")],
  ["ocr", /ocr(?![a-z])|(?<![a-z])docling/],
  ["audio", word("audio|omni|music|speech")],
  ["asr", word("asr|stt|transcript|transcription")],
  ["tts", word("tts|voice")],
  ["translation", word("mt|translate|translation|translator|translategemma")],
  ["embedding", word("embed|embeddings?|embedder|sentence|retriever|colbert|splade")],
  ["reranker", word("rerank|reranker|ranker|cross[-_]encoder")],
  ["guard", word("guard|safeguard|shield|shieldgemma|moderation")],
  ["draft", word("draft|drafter|speculator|eagle3|dflash|medusa")],
];

/** The roles that `text` names, in the order of the table. `known` are those that the lineage implies. */
export function rolesOf(text: string, known: readonly NamedRole[]): readonly NamedRole[] {
  const roles = ROLES.filter(([role, pattern]) => known.includes(role) || pattern.test(text)).map(
    ([role]) => role,
  );
  // Of encoders, "base" is a size.
  const encoder = roles.includes("embedding") || /bert(?:a)?(?![a-z])/.test(text);
  return encoder ? roles.filter((role) => role !== "base") : roles;
}
