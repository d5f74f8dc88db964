import type { NamedRole } from "./name-roles.ts";

/** Whose weights a model goes back to, by the words of its name. */
export interface NamedLineage {
  readonly family: string | undefined;
  readonly version: string | undefined;
  /** The purpose that all models of this lineage share. */
  readonly roles: readonly NamedRole[];
}

interface Lineage {
  readonly family: string;
  /** Finds the name. The text from there to the next word is searched for the version. */
  readonly name: RegExp;
  readonly version?: RegExp;
  readonly roles?: readonly NamedRole[];
}

/** `3`, `2.5`, `2_5`, `v0.2`, `3n`, right behind the name. */
const PLAIN = /^[-_ ]?v?(\d{1,2}(?:[._]\d{1,2})?(?:n(?![a-z0-9]))?)(?![\d])/;
const LETTERED = /^[-_ ]?([vrmkhx]\d{1,2}(?:\.\d{1,2})?)(?![\d])/;
const SERIES =
  /^(?:[-_ ](?:small|medium|large|nemo|mini|lite|tiny|flash|guard|nano|super|ultra|coder|moe|llm|math|prover|base|med))*[-_ ]?v?(\d{1,2}(?:[._]\d{1,2})?)(?![\d])/;

/** Digits behind these names are not versions. */
const NEVER = /^(?!)/;

const of = (family: string, name: string, more: Partial<Lineage> = {}): Lineage => ({
  family,
  name: new RegExp(`(?<![a-z])(?:${name})`),
  ...more,
});

/** Lineages of weights. The more exact of two names stands first. */
const BODIES: readonly Lineage[] = [
  of("qwen", "codeqwen", { roles: ["code"] }),
  of("qwen", "qwen|qvikhr|qwopus"),
  of("qwq", "qwq", { roles: ["thinking"] }),
  of("gpt-oss", "gpt-?oss"),
  of("codellama", "code-?llama", { roles: ["code"] }),
  of("tinyllama", "tiny-?llama"),
  of("llava", "llava|nanollava", { roles: ["vision"] }),
  of("llama", "(?:meta[-_]?)?llama|l(?=[23]\\.\\d)", { version: SERIES }),
  of("codegemma", "codegemma", { roles: ["code"] }),
  of("paligemma", "paligemma", { roles: ["vision"] }),
  of("embeddinggemma", "embedding-?gemma", { roles: ["embedding"] }),
  of("gemma", "(?:med|translate|shield|function|vault|t5)gemma", { version: NEVER }),
  of("gemma", "(?:super)?gemma"),
  of("mixtral", "mixtral"),
  of("ministral", "ministral"),
  of("devstral", "devstral", { roles: ["code"], version: SERIES }),
  of("codestral", "codestral", { roles: ["code"] }),
  of("magistral", "magistral", { roles: ["thinking"], version: SERIES }),
  of("mathstral", "mathstral", { roles: ["math"] }),
  of("pixtral", "pixtral", { roles: ["vision"] }),
  of("voxtral", "voxtral", { roles: ["audio"] }),
  of("mistral", "mistral", { version: SERIES }),
  of("deepseek", "deepseek", {
    version:
      /^(?:[-_](?:coder|math|moe|llm|vl|ocr|prover))*[-_]?(?:v(\d(?:\.\d)?)|(r1|\d))(?![\d.a-z])/,
  }),
  of("glm", "(?:chat|auto)?glm", { version: PLAIN }),
  of("phi", "phi(?![a-z])"),
  of("lfm", "lfm"),
  of("ernie", "ernie"),
  of("seed-oss", "seed-oss"),
  of("minimax", "minimax", { version: LETTERED }),
  of("kimi", "kimi", { version: LETTERED }),
  of("moonlight", "moonlight"),
  of("smollm", "smollm"),
  of("smolvlm", "smolvlm", { roles: ["vision"] }),
  of("granite", "granite"),
  of("olmo", "olmoe?(?!cr)"),
  of("molmo", "molmo", { roles: ["vision"] }),
  of("falcon", "falcon", { version: /^[-_ ]?(h1|e|\d{1,2}(?:\.\d)?)(?![\da-z])/ }),
  of("jamba", "jamba", { version: SERIES }),
  of("mamba", "(?:code)?mamba"),
  of("rwkv", "rwkv", { version: /^[-_ ]?v?(\d{1,2})(?!\d)/ }),
  of("exaone", "exaone"),
  of("command", "command(?=[-_](?:r|a|light))", { version: /^[-_](r|a)(?![a-z])/ }),
  of("aya", "aya"),
  of("internlm", "internlm"),
  of("internvl", "internvl", { roles: ["vision"] }),
  of("yi", "yi(?![a-z])"),
  of("baichuan", "baichuan"),
  of("stablelm", "stablelm"),
  of("starcoder", "starcoder", { roles: ["code"] }),
  of("solar", "solar"),
  of("orion", "orion"),
  of("plamo", "plamo"),
  of("apertus", "apertus"),
  of("hunyuan", "hunyuan"),
  of("longcat", "longcat"),
  of("ling", "ling(?![a-z])", { version: SERIES }),
  of("ring", "ring(?![a-z])", { roles: ["thinking"], version: SERIES }),
  of("llada", "llada"),
  of("step", "step(?=-?3)"),
  of("mimo", "mimo(?![a-z])"),
  of("laguna", "laguna"),
  of("trinity", "trinity"),
  of("nanbeige", "nanbeige"),
  of("minicpm", "minicpm", {
    version: /^(?:[-_][vo])?[-_]?(\d{1,2}(?:[._]\d)?)(?![\da-z])/,
  }),
  of("bonsai", "bonsai"),
  of("moondream", "moondream", { roles: ["vision"] }),
  of("florence", "florence", { roles: ["vision"] }),
  of("idefics", "idefics", { roles: ["vision"] }),
  of("fastvlm", "fastvlm", { roles: ["vision"] }),
  of("ovis", "ovis", { roles: ["vision"] }),
  of("gpt-neox", "gpt-neox"),
  of("gpt-neo", "gpt-neo(?!x)"),
  of("gpt-j", "gpt-?j(?![a-z])"),
  of("gpt2", "(?:distil)?gpt-?2(?!\\d)", { version: NEVER }),
  of("pythia", "pythia"),
  of("opt", "opt(?![a-z])", { version: NEVER }),
  of("bloom", "bloomz?(?![a-z])", { version: NEVER }),
  of("zamba", "zamba"),
  of("bert", "(?:modern|distil|al|[a-z]{0,12})?(?:ro)?bert(?:a)?(?![a-z])", { version: NEVER }),
  of("bge", "bge", { roles: ["embedding"], version: /^-m(\d)(?!\d)/ }),
  of("e5", "e5(?![\\da-z])", { roles: ["embedding"], version: NEVER }),
  of("gte", "gte(?![a-z])", { roles: ["embedding"], version: NEVER }),
  of("nomic-embed", "nomic-embed", { roles: ["embedding"] }),
  of("minilm", "minilm", { roles: ["embedding"], version: NEVER }),
  of("jina-embeddings", "jina-embeddings", { roles: ["embedding"] }),
  of("arctic-embed", "arctic-embed", { roles: ["embedding"] }),
  of("whisper", "whisper", { roles: ["asr"] }),
  of("parakeet", "parakeet", { roles: ["asr"] }),
  of("kokoro", "kokoro", { roles: ["tts"] }),
  of("orpheus", "orpheus", { roles: ["tts"] }),
  of("csm", "csm(?![a-z])", { roles: ["tts"] }),
];

/** Names of tunes and brands that say whose weights they are only when no body is named. */
const BRANDS: readonly Lineage[] = [
  of("nemotron", "nemotron", { version: SERIES }),
  of("hermes", "(?:open)?hermes"),
  of("dolphin", "dolphin"),
  of("vicuna", "vicuna"),
  of("zephyr", "zephyr"),
  of("openchat", "openchat"),
  of("wizardlm", "wizard(?:lm|coder|math)"),
  of("eurollm", "eurollm"),
  of("trillion", "trillion"),
  of("cogito", "cogito"),
];

/**
 * The lineage that `text` (a name without quantization, sizes and dates, in lower case) names. `sizeAt` is where its
 * size stood.
 */
export function lineageOf(text: string, sizeAt: number | undefined): NamedLineage {
  const bodies = findAll(BODIES, text);
  const found = bodyOf(bodies, text, sizeAt) ?? findAll(BRANDS, text).at(-1);
  const roles = bodies.flatMap(({ lineage }) => lineage.roles ?? []);
  if (/(?<![a-z])r1(?![a-z\d])/.test(text)) roles.push("thinking");
  if (/glm[-_]?\d(?:\.\d)?v(?![a-z])|minicpm-(?:v|o|llama\d?-v)(?![a-z])/.test(text)) {
    roles.push("vision");
  }
  if (found === undefined) return { family: undefined, version: undefined, roles };
  const { lineage, end } = found;
  const behind = text.slice(end);
  // Mistral-7B-Instruct-v0.3 and vicuna-13b-v1.5 say it at the end.
  const version =
    (lineage.version ?? PLAIN).exec(behind) ??
    (lineage.version === NEVER ? null : /(?<![a-z\d])v(\d(?:\.\d)?)(?![\d.a-z])/.exec(behind));
  return {
    family: lineage.family,
    version: version?.slice(1).find(Boolean)?.replace("_", "."),
    roles,
  };
}

interface Found {
  readonly lineage: Lineage;
  readonly start: number;
  readonly end: number;
}

/**
 * Which of several is the body: the one that the size follows, be the teacher named before it
 * (`DeepSeek-R1-Distill-Qwen-7B`) or behind (`Qwen3-4B-Kimi2.5-Distilled`). Without a size, it is the last one.
 */
function bodyOf(
  bodies: readonly Found[],
  text: string,
  sizeAt: number | undefined,
): Found | undefined {
  const before = sizeAt === undefined ? [] : bodies.filter(({ start }) => start < sizeAt);
  return (
    before.at(-1) ??
    (text.includes("distilled") || sizeAt !== undefined ? bodies[0] : bodies.at(-1))
  );
}

/** Every lineage that is named, by where its name ends. Of two that end together the first of the table. */
function findAll(lineages: readonly Lineage[], text: string): readonly Found[] {
  const found: Found[] = [];
  for (const lineage of lineages) {
    const match = lineage.name.exec(text);
    const end = match === null ? 0 : match.index + match[0].length;
    if (match === null || found.some((other) => other.end === end)) continue;
    found.push({ lineage, start: match.index, end });
  }
  return found.toSorted((a, b) => a.end - b.end);
}
