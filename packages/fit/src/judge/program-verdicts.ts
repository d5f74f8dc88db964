import { MLX_PROGRAMS } from "../mlx-programs/table.ts";
import type { MlxProgram } from "../mlx-programs/mlx-programs.ts";
import { wordsOf } from "../mlx-lm/find-tensors.ts";
import type { MlxLmSupport } from "../mlx-lm/support.ts";
import type { ModelDescription } from "../model/model-description.ts";
import { badWeightReasons } from "./file-reasons.ts";
import type { LoadReason } from "./load-reason.ts";

/** Whether one program loads a model, and which part. */
export interface ProgramVerdict {
  readonly program: MlxProgram;
  readonly version: string;
  readonly verdict: "yes" | "no" | "unknown";
  /** The part of the model that it runs: `all` of it, its `text` part alone, as `embeddings`, as `speech`, or as a `draft`. */
  readonly runs: "all" | "text" | "embeddings" | "speech" | "draft";
  /** One sentence. */
  readonly message: string;
}

/** mlx-lm's own verdict, which the others are put beside. */
export interface MlxLmVerdict {
  readonly verdict: ProgramVerdict["verdict"];
  readonly reasons: readonly LoadReason[];
  readonly support: MlxLmSupport;
}

/**
 * The programs that know the model's architecture, the one made for it first. mlx-lm's verdict compares every tensor. Those
 * of the others follow from their lists of architectures, the kinds of files that they read, and faults that no program gets
 * over.
 */
export function programVerdicts(
  description: ModelDescription,
  mlxLm: MlxLmVerdict,
): readonly ProgramVerdict[] {
  const known = [
    lm(description, mlxLm),
    vlm(description, mlxLm.reasons),
    embeddings(description),
    audio(description),
  ].filter((found) => found !== undefined);
  const rank = ({ program, verdict }: ProgramVerdict): number =>
    (verdict === "no" ? 10 : 0) + madeFor(description).indexOf(program);
  return known.toSorted((a, b) => rank(a) - rank(b));
}

/** The programs in the order in which they suit the model. */
function madeFor({ roles }: ModelDescription): readonly MlxProgram[] {
  if (roles.includes("embedding")) return ["mlx-embeddings", "mlx-vlm", "mlx-lm", "mlx-audio"];
  if (roles.includes("vision")) return ["mlx-vlm", "mlx-lm", "mlx-embeddings", "mlx-audio"];
  if (roles.includes("audio")) return ["mlx-audio", "mlx-vlm", "mlx-lm", "mlx-embeddings"];
  return ["mlx-lm", "mlx-vlm", "mlx-audio", "mlx-embeddings"];
}

function lm(
  { module, roles }: ModelDescription,
  { verdict, reasons, support }: MlxLmVerdict,
): ProgramVerdict | undefined {
  if (module === null && verdict !== "yes") return undefined;
  const part = roles.includes("vision") || roles.includes("audio");
  const blocked = reasons.find(({ blocks }) => blocks)?.message;
  const loads = part ? "loads its text part only" : "loads it";
  return {
    program: "mlx-lm",
    version: support.mlxLmVersion,
    verdict,
    runs: part ? "text" : "all",
    message: verdictSentence("mlx-lm", support.mlxLmVersion, { verdict, loads, blocked }),
  };
}

interface Saying {
  readonly verdict: ProgramVerdict["verdict"];
  readonly loads: string;
  readonly blocked: string | undefined;
}

function verdictSentence(
  program: MlxProgram,
  version: string,
  { verdict, loads, blocked }: Saying,
): string {
  if (verdict === "yes") return `${program} ${version} ${loads}`;
  return verdict === "no"
    ? `${program} ${version} does not load it: ${blocked ?? "it lacks what it needs"}`
    : `whether ${program} ${version} ${loads} cannot be told`;
}

const has = (words: string, name: string): boolean => wordsOf(words).includes(name);

function vlm(
  description: ModelDescription,
  reasons: readonly LoadReason[],
): ProgramVerdict | undefined {
  const { modelType, roles } = description;
  if (modelType === null) return undefined;
  const { version, sees, hears, texts, embeds, drafts, remapping, embedding } = MLX_PROGRAMS.vlm;
  const lower = modelType.toLowerCase();
  const renamed = Object.hasOwn(remapping, lower) ? (remapping[lower] ?? lower) : lower;
  const embedded = Object.hasOwn(embedding, lower) ? (embedding[lower] ?? renamed) : renamed;
  const asEmbedder = has(embeds, roles.includes("embedding") ? embedded : renamed);
  const takes = has(sees, renamed) || has(hears, renamed);
  const draft = has(drafts, renamed);
  if (!asEmbedder && !takes && !draft && !has(texts, renamed)) return undefined;
  const runs = asEmbedder ? "embeddings" : draft ? "draft" : "all";
  const weights = topWeights(description);
  const blocked =
    weakness(description, weights, "*.safetensors") ??
    // The language model inside is the same one.
    reasons.find(
      ({ code, blocks }) => blocks && (SHARED.has(code) || (!takes && code === "extra-tensors")),
    )?.message ??
    (takes && description.processor === false
      ? "it has no preprocessor_config.json or processor_config.json"
      : undefined);
  const loads = asEmbedder
    ? "loads it for embeddings"
    : draft
      ? "loads it as a draft"
      : takes
        ? `loads it with its ${has(sees, renamed) ? "images" : "sound"}`
        : "loads it";
  return verdictOf("mlx-vlm", version, { description, blocked, runs, loads });
}

// Faults of the language model's weights.
const SHARED: ReadonlySet<LoadReason["code"]> = new Set([
  "missing-tensors",
  "tensor-shapes",
  "missing-files",
  "no-tokenizer",
]);

function embeddings(description: ModelDescription): ProgramVerdict | undefined {
  const { modelType, roles, weightFiles, ignoredWeightFiles } = description;
  if (modelType === null) return undefined;
  const { version, embeds, sees, remapping } = MLX_PROGRAMS.embeddings;
  const plain = modelType.replaceAll("-", "_");
  const renamed = Object.hasOwn(remapping, plain) ? (remapping[plain] ?? plain) : plain;
  if (!has(embeds, renamed) && !has(sees, renamed)) return undefined;
  // Of a language model it would make an embedder of no use.
  if (description.module !== null && !roles.includes("embedding")) return undefined;
  const weights = [
    ...weightFiles.map(({ path }) => path),
    ...ignoredWeightFiles.filter((path) =>
      /(?:^|\/)model[^/]*\.safetensors$|^weight[^/]*\.safetensors$/.test(path),
    ),
  ];
  const blocked =
    weakness(description, weights, "model*.safetensors") ??
    description.embedderTensors?.findings[0]?.message ??
    (description.tokenizer === false && has(embeds, renamed) ? "it has no tokenizer" : undefined) ??
    description.badTokenizer ??
    undefined;
  const loads = "loads it for embeddings";
  return verdictOf("mlx-embeddings", version, { description, blocked, runs: "embeddings", loads });
}

function audio(description: ModelDescription): ProgramVerdict | undefined {
  const { modelType } = description;
  if (modelType === null) return undefined;
  const { version, speaks, hears, converses } = MLX_PROGRAMS.audio;
  const lower = modelType.toLowerCase();
  const kind = has(hears, lower)
    ? "speech to text"
    : has(speaks, lower)
      ? "text to speech"
      : has(converses, lower)
        ? "speech to speech"
        : undefined;
  if (kind === undefined || (description.module !== null && !description.roles.includes("audio"))) {
    return undefined;
  }
  const blocked = weakness(description, topWeights(description), "*.safetensors");
  const loads = `loads it (${kind})`;
  return verdictOf("mlx-audio", version, { description, blocked, runs: "speech", loads });
}

/** Safetensors at the top, under any name. `consolidated` is a second copy. */
const topWeights = ({ weightFiles, ignoredWeightFiles }: ModelDescription): readonly string[] => [
  ...weightFiles.map(({ path }) => path),
  ...ignoredWeightFiles.filter(
    (path) => /^[^/]+\.safetensors$/.test(path) && !path.endsWith("consolidated.safetensors"),
  ),
];

/** Faults that no program gets over. */
function weakness(
  description: ModelDescription,
  weights: readonly string[],
  wanted: string,
): string | undefined {
  const [bad] = badWeightReasons(description);
  if (bad !== undefined) return bad.message;
  if (!description.evidence["weightFiles"]) return undefined;
  return weights.length === 0 ? `it has no weights (${wanted})` : undefined;
}

interface Found {
  readonly description: ModelDescription;
  readonly blocked: string | undefined;
  readonly runs: ProgramVerdict["runs"];
  readonly loads: string;
}

function verdictOf(
  program: MlxProgram,
  version: string,
  { description, blocked, runs, loads }: Found,
): ProgramVerdict {
  const known = description.evidence["weightFiles"] !== undefined;
  const verdict = blocked === undefined ? (known ? "yes" : "unknown") : "no";
  return {
    program,
    version,
    verdict,
    runs,
    message: verdictSentence(program, version, { verdict, loads, blocked }),
  };
}
