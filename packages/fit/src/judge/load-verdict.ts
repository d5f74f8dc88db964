import { compareVersions } from "../machine/versions.ts";
import { MLX_LM_TABLE } from "../mlx-lm/table.ts";
import type { MlxLmSupport } from "../mlx-lm/support.ts";
import { badWeightReasons, fileReasons } from "./file-reasons.ts";
import { blocking, type LoadReason, type LoadReasonCode, note } from "./load-reason.ts";
import type { ModelDescription } from "../model/model-description.ts";

/** Whether mlx-lm loads a model. */
export interface LoadVerdict {
  /** `unknown` where nothing blocks and something could not be looked at. */
  readonly verdict: "yes" | "no" | "unknown";
  readonly reasons: readonly LoadReason[];
  /** The source of the answer. `python` is null where no installed mlx-lm was inspected and this package's table answered. */
  readonly by: {
    readonly mlxLmVersion: string;
    readonly mlxVersion: string;
    readonly python: string | null;
  };
}

/** The permissions of the user. */
export interface LoadOptions {
  /** Code of the repo may run (`trust_remote_code`). Default: no. */
  readonly trustRemoteCode?: boolean | undefined;
}

/**
 * Whether its release of mlx-lm (`support`, by default the one this package knows) would load the model, and
 * the facts to know before: code that it would run, weights that it does not see, parts that it leaves out.
 */
export function loadVerdict(
  description: ModelDescription,
  support: MlxLmSupport = MLX_LM_TABLE,
  options: LoadOptions = {},
): LoadVerdict {
  const reasons = [
    ...badWeightReasons(description),
    ...codeReasons(description, support, options),
    ...architectureReasons(description, support),
    ...quantizationReasons(description, support),
    ...fileReasons(description),
  ];
  const blocked = reasons.some(({ blocks }) => blocks);
  const doubt = reasons.some(({ code }) => DOUBTS.has(code));
  const { mlxLmVersion, mlxVersion, python = null } = support;
  return {
    verdict: blocked ? "no" : doubt ? "unknown" : "yes",
    reasons,
    by: { mlxLmVersion, mlxVersion, python },
  };
}

// Reasons that do not make a "no" by themselves, but rule out a "yes".
const DOUBTS: ReadonlySet<LoadReasonCode> = new Set([
  "files-unknown",
  "doubtful-quantization",
  "needs-newer-mlx",
  "missing-settings",
]);

const modelFileOf = ({ remoteCode }: ModelDescription): string | undefined =>
  remoteCode.find((entry) => entry.startsWith(MODEL_FILE))?.slice(MODEL_FILE.length);

const MODEL_FILE = "model_file: ";

// The last release that ran a config's `model_file` without being asked to.
const LAST_TRUSTING = "0.31.3";

function codeReasons(
  description: ModelDescription,
  { mlxLmVersion }: MlxLmSupport,
  { trustRemoteCode = false }: LoadOptions,
): readonly LoadReason[] {
  const file = modelFileOf(description);
  if (file !== undefined) {
    if (!isNewer(mlxLmVersion, LAST_TRUSTING)) {
      return [
        note(
          "runs-code-unasked",
          `mlx-lm ${mlxLmVersion} runs the repo's ${file} without asking (CVE-2026-5843): read it, or update mlx-lm`,
        ),
      ];
    }
    const message = `its architecture is code of the repo (${file}), which mlx-lm runs only with trust_remote_code`;
    return [trustRemoteCode ? note("remote-code", message) : blocking("remote-code", message)];
  }
  const mapped = description.remoteCode.filter((entry) => entry.startsWith("auto_map."));
  if (mapped.length === 0) return [];
  const own = mapped.some((entry) => entry.startsWith("auto_map.AutoTokenizer"));
  return [
    note(
      "remote-code",
      own
        ? "its tokenizer is code of the repo: transformers asks for trust_remote_code where it knows no other"
        : "its config names code of the repo, which mlx-lm does not run",
    ),
  ];
}

// Programs for MLX models that are no language models, by model_type.
const OTHER_LOADERS: ReadonlyMap<string, string> = new Map([
  ["whisper", "mlx-whisper"],
  ...["bert", "roberta", "xlm-roberta", "modernbert", "nomic_bert"].map(
    (type) => [type, "mlx-embeddings"] as const,
  ),
  ...["kokoro", "parakeet", "csm", "dia"].map((type) => [type, "mlx-audio"] as const),
]);

function architectureReasons(
  description: ModelDescription,
  { mlxLmVersion, needsMore }: MlxLmSupport,
): readonly LoadReason[] {
  const { modelType, module, roles, missingSettings } = description;
  if (modelFileOf(description) !== undefined) return [];
  if (modelType === null) {
    return [blocking("no-model-type", "config.json names no model_type")];
  }
  const sees = roles.includes("vision") || roles.includes("audio");
  if (module === null) {
    const unknown = `mlx-lm ${mlxLmVersion} has no module for ${modelType}`;
    const other = OTHER_LOADERS.get(modelType);
    return [
      blocking("unknown-architecture", unknown),
      ...(other ? [note("other-loader", `${other} runs models of this kind`)] : []),
      ...(sees && !other
        ? [note("needs-mlx-vlm", "it takes images or sound: mlx-vlm may run it")]
        : []),
    ];
  }
  const known = note(
    "known-architecture",
    `mlx-lm ${mlxLmVersion} runs ${modelType} with its module ${module}`,
  );
  return [
    known,
    ...(needsMore.includes(module)
      ? [blocking("needs-package", `mlx-lm's module ${module} wants another Python package first`)]
      : []),
    ...(missingSettings.length > 0
      ? [missing(mlxLmVersion, `${module} needs: ${missingSettings.slice(0, 5).join(", ")}`)]
      : []),
    ...description.badSettings.map((message) =>
      blocking("bad-settings", `in config.json ${message}`),
    ),
    ...(sees
      ? [note("text-only", "mlx-lm runs its language model alone; images and sound need mlx-vlm")]
      : []),
  ];
}

/** The settings that a module requires are known of one release. Of another one they are likely, not certain. */
function missing(version: string, what: string): LoadReason {
  const { mlxLmVersion: known } = MLX_LM_TABLE;
  return version === known
    ? blocking("missing-settings", `config.json lacks settings that mlx-lm's ${what}`)
    : note("missing-settings", `config.json lacks settings that in mlx-lm ${known} ${what}`);
}

// The first MLX release with each mode, by its release notes.
const FIRST_MLX: ReadonlyMap<string, string> = new Map([
  ["mxfp4", "0.29.0"],
  ["nvfp4", "0.30.0"],
  ["mxfp8", "0.30.0"],
]);

function quantizationReasons(
  description: ModelDescription,
  { mlxLmVersion, mlxVersion, quantizationModes, packedExperts }: MlxLmSupport,
): readonly LoadReason[] {
  const { quantization, unsupportedQuantization, problems, experts, module } = description;
  const { doubtfulQuantization } = description;
  const mode = quantization?.mode ?? "";
  const first = FIRST_MLX.get(mode);
  const refused = first !== undefined && quantizationModes?.includes(mode) === false;
  return [
    ...(unsupportedQuantization === null
      ? []
      : [blocking("unsupported-quantization", unsupportedQuantization)]),
    ...(doubtfulQuantization === null ? [] : [note("doubtful-quantization", doubtfulQuantization)]),
    ...(refused
      ? [blocking("needs-newer-mlx", `the installed MLX ${mlxVersion} does not take ${mode}`)]
      : []),
    ...(first !== undefined && quantizationModes === undefined && isNewer(first, mlxVersion)
      ? [
          note(
            "needs-newer-mlx",
            `${quantization?.mode} came with MLX ${first}; this is ${mlxVersion}`,
          ),
        ]
      : []),
    ...(packedExperts === false && experts !== null && quantization !== null && module !== null
      ? [
          note(
            "experts-fail",
            `its packed experts are likely to fail at the first token: mlx-lm ${mlxLmVersion} hands gather_qmm a global_scale that the installed MLX ${mlxVersion} does not know (read from its signature, not tried on Metal)`,
          ),
        ]
      : []),
    ...(quantization?.mode === "affine" && quantization.bits === 1 ? oneBit(mlxVersion) : []),
    ...problems.map((problem) => note("inconsistent", problem)),
  ];
}

// The first MLX release with 1-bit kernels (tried: 0.32.2 and 0.32.3 refuse).
const FIRST_ONE_BIT = "0.32.4";

function oneBit(mlxVersion: string): readonly LoadReason[] {
  return isNewer(FIRST_ONE_BIT, mlxVersion)
    ? [
        blocking(
          "needs-newer-mlx",
          `weights of 1 bit need MLX ${FIRST_ONE_BIT}; this is ${mlxVersion}`,
        ),
      ]
    : [];
}

const isNewer = (a: string, b: string): boolean => compareVersions(a, b) > 0;
