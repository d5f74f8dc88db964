import type { ListedVariant } from "./estimate-weights.ts";
import { parseModelName } from "../name/model-name.ts";

/** The task that the user wants a model for. */
export type ModelTask = "chat" | "code" | "vision" | "embedding" | "speech" | "draft";

/** All tasks, in the order in which they are offered. */
export const MODEL_TASKS: readonly ModelTask[] = [
  "chat",
  "code",
  "vision",
  "embedding",
  "speech",
  "draft",
];

const WRITES: ReadonlySet<string | undefined> = new Set([
  "text-generation",
  "image-text-to-text",
  "any-to-any",
  undefined,
]);
const EMBEDS: ReadonlySet<string | undefined> = new Set([
  "feature-extraction",
  "sentence-similarity",
]);
const SPEAKS: ReadonlySet<string | undefined> = new Set([
  "automatic-speech-recognition",
  "text-to-speech",
  "text-to-audio",
  "audio-to-audio",
]);
/** A model that drafts for another must be far faster than it. */
const DRAFT_PARAMETERS = 2_000_000_000;

// Makers whose language models are trained on repositories and tools, and the size from which that shows.
const CODING_FAMILIES: ReadonlySet<string | undefined> = new Set([
  "qwen",
  "gpt-oss",
  "glm",
  "deepseek",
  "kimi",
  "minimax",
  "seed-oss",
  "devstral",
]);
const CODING_PARAMETERS = 7_000_000_000;

/** Whether a general model is worth asking for code. */
function writesCode({ repoId }: ListedVariant, parameters: number | undefined): boolean {
  const { family, roles } = parseModelName(repoId);
  const special = roles.some((role) => ["math", "translation", "vision", "audio"].includes(role));
  return (
    !special &&
    CODING_FAMILIES.has(family) &&
    (parameters ?? CODING_PARAMETERS) >= CODING_PARAMETERS
  );
}

/** The loss of a score because the model is a general one where one for the task exists. */
export function generality(repoId: string, task: ModelTask): number {
  return task === "code" && !parseModelName(repoId).roles.includes("code") ? GENERAL : 0;
}

// As much as half a year.
const GENERAL = 0.5;

/** Whether a listed model is one for the task, by its pipeline tag and its name. */
export function suitsTask(model: ListedVariant, task: ModelTask): boolean {
  const { roles, parameters } = parseModelName(model.repoId);
  const has = (...wanted: readonly string[]): boolean =>
    roles.some((role) => wanted.includes(role));
  const { pipelineTag } = model;
  if (task === "speech") return SPEAKS.has(pipelineTag) || has("asr", "tts");
  const embeds = EMBEDS.has(pipelineTag) || has("embedding");
  if (task === "embedding") return embeds && !has("reranker");
  if (embeds || has("reranker", "guard", "asr", "tts", "translation", "ocr")) return false;
  if (!WRITES.has(pipelineTag)) return false;
  const sees = pipelineTag === "image-text-to-text" || has("vision");
  if (task === "vision") return sees && !has("base");
  if (has("draft")) return task === "draft";
  if (has("base")) return false;
  if (task === "draft") return !sees && parameters !== undefined && parameters <= DRAFT_PARAMETERS;
  if (task === "code") return has("code") || writesCode(model, parameters);
  // One that is named for its eyes has them from a general one.
  return !has("code", "math", "vision");
}
