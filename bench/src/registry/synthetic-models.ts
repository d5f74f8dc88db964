/** A model as the Hub lists it, as far as a catalogue reads it. */
export interface ListedEntry {
  readonly _id: string;
  readonly id: string;
  readonly downloads: number;
  readonly likes: number;
  readonly lastModified: string;
  readonly sha: string;
  readonly pipeline_tag: string;
  readonly library_name: string;
  readonly tags: readonly string[];
}

const FAMILIES = [
  "Qwen",
  "Llama",
  "Gemma",
  "Mistral",
  "Phi",
  "DeepSeek",
  "GLM",
  "Kimi",
  "Granite",
  "Command",
  "Falcon",
  "Yi",
  "InternLM",
  "OLMo",
  "SmolLM",
  "Nemotron",
  "Hermes",
  "MiniMax",
  "Ernie",
  "LFM",
];
const VERSIONS = ["2", "2.5", "3", "3.1", "3.3", "3.5", "4", "4.5"];
const SIZES = [
  "0.6B",
  "1.7B",
  "3B",
  "4B",
  "7B",
  "8B",
  "14B",
  "27B",
  "30B-A3B",
  "32B",
  "70B",
  "235B-A22B",
];
const ROLES = [
  "",
  "-Instruct",
  "-it",
  "-Coder",
  "-Thinking",
  "-VL",
  "-Math",
  "-Embedding",
  "-Base",
  "-Reasoning",
];
const QUANTIZATIONS = [
  "-4bit",
  "-8bit",
  "-6bit",
  "-5bit",
  "-3bit",
  "-bf16",
  "-mxfp4",
  "-nvfp4",
  "-4bit-DWQ",
  "-MLX-4bit",
  "-MLX-8bit",
  "-mlx",
];
const AUTHORS = [
  "mlx-community",
  "lmstudio-community",
  "unsloth",
  "nightmedia",
  "prince-canuma",
  "NexVeridian",
  "inferencerlabs",
  "Goekdeniz-Guelmez",
  "catalystsec",
  "alexgusevski",
  "TheCluster",
  "bobig",
  "EZCon",
  "kernelpool",
  "mlx-vision",
];
const ARCHITECTURES = [
  "qwen3",
  "llama",
  "gemma3_text",
  "mistral",
  "phi3",
  "deepseek_v3",
  "glm4_moe",
];

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Models whose names are built as those of the Hub are; downloads fall off as they do there. */
export function syntheticModels(count: number): readonly ListedEntry[] {
  const random = randomNumbers(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const names = new Set<string>();
  while (names.size < count) {
    // A tail of names that occur once, as fine-tuners give them.
    const own =
      random() < 0.25 ? `-${pick(FAMILIES)}${Math.floor(random() * 4000).toString(36)}` : "";
    names.add(
      `${pick(AUTHORS)}/${pick(FAMILIES)}${random() < 0.5 ? "-" : ""}${pick(VERSIONS)}-${pick(SIZES)}${pick(ROLES)}${own}${pick(QUANTIZATIONS)}`,
    );
  }
  return [...names].map((id, at) => ({
    _id: at.toString(16).padStart(24, "0"),
    id,
    downloads: Math.floor(3_000_000 / (at + 1)),
    likes: Math.floor(random() * 50),
    lastModified: new Date(Date.UTC(2026, 9, 1) - at * 60_000).toISOString(),
    sha: at.toString(16).padStart(40, "0"),
    pipeline_tag: "text-generation",
    library_name: "mlx",
    tags: [
      "mlx",
      "safetensors",
      pick(ARCHITECTURES),
      "license:apache-2.0",
      "conversational",
      "region:us",
      "en",
    ],
  }));
}

/** A query, and the model that it is for. */
export interface WantedModel {
  readonly query: string;
  readonly wanted: string;
}

/** Queries as people type them: a name's words shuffled, cut, mistyped, glued, split, or without the first letters. */
export function syntheticQueries(
  models: readonly ListedEntry[],
  count: number,
): readonly WantedModel[] {
  const random = randomNumbers(11);
  return Array.from({ length: count }, (_, at) => {
    const { id: wanted } = models[Math.floor(random() * models.length)] as ListedEntry;
    const words = wanted
      .slice(wanted.indexOf("/") + 1)
      .toLowerCase()
      .split("-");
    const [first = "", ...rest] = words;
    const queries = [
      words.toReversed().join(" "),
      words.join(" ").slice(0, -1),
      [first.slice(0, 1) + first.slice(2), ...rest].join(" "),
      words.join(""),
      words.join(" ").replaceAll(/([a-z])(?=\d)|(\d)(?=[a-z])/g, "$1$2 "),
      [first.slice(1), ...rest].join(" "),
    ];
    return { query: queries[at % queries.length] ?? "", wanted };
  });
}
