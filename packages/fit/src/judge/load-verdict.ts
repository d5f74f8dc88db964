import { compareVersions } from "../machine/versions.ts";
import { MLX_LM_TABLE } from "../mlx-lm/table.ts";
import type { MlxLmSupport } from "../mlx-lm/support.ts";
import { badWeightReasons, fileReasons } from "./file-reasons.ts";
import type { MlxProgram } from "../mlx-programs/mlx-programs.ts";
import { type ProgramVerdict, programVerdicts } from "./program-verdicts.ts";
import { blocking, type LoadReason, type LoadReasonCode, note } from "./load-reason.ts";
import type { ModelDescription } from "../model/model-description.ts";

/** Whether a program for MLX loads a model. */
export interface LoadVerdict {
  /** `unknown` where nothing blocks and something could not be looked at. */
  readonly verdict: "yes" | "no" | "unknown";
  /**
   * The program that the verdict is about: mlx-lm, unless the model is none of language alone and only another one knows it.
   */
  readonly program: MlxProgram;
  /** The verdict of each program that knows the architecture, the one made for such models first. */
  readonly programs: readonly ProgramVerdict[];
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
 * the facts to know before: code that it would run, weights that it does not see, parts that it leaves out. Of an
 * architecture that mlx-lm does not have the first other program that has it is judged: mlx-vlm, mlx-embeddings or
 * mlx-audio.
 */
export function loadVerdict(
  description: ModelDescription,
  support: MlxLmSupport = MLX_LM_TABLE,
  options: LoadOptions = {},
): LoadVerdict {
  const own = [
    ...badWeightReasons(description),
    ...codeReasons(description, support, options),
    ...architectureReasons(description, support),
    ...quantizationReasons(description, support),
    ...fileReasons(description),
  ];
  const blocked = own.some(({ blocks }) => blocks);
  const doubt = own.some(({ code }) => DOUBTS.has(code));
  const verdict = blocked ? "no" : doubt ? "unknown" : "yes";
  const { mlxLmVersion, mlxVersion, python = null } = support;
  const by = { mlxLmVersion, mlxVersion, python };
  const programs = programVerdicts(description, { verdict, reasons: own, support });
  const others = programs.filter(({ program }) => program !== "mlx-lm");
  const [other] = others;
  const isMore = isForOthers(description);
  // A language model is mlx-lm's to load, also where others can.
  const isText = other?.runs === "all" && !isMore;
  const runsCode = modelFileOf(description) !== undefined;
  if (description.module !== null || runsCode || other === undefined || isText) {
    const notes = isMore || description.module === null ? otherNotes(others) : [];
    const reasons = [...own, ...notes];
    return { verdict, program: "mlx-lm", programs, reasons, by };
  }
  const { program } = other;
  return { verdict: other.verdict, program, programs, reasons: otherReasons(other, own), by };
}

/** Whether it is more, or something else, than a language model. */
const isForOthers = ({ roles }: ModelDescription): boolean =>
  roles.some((role) => role === "vision" || role === "audio" || role === "embedding");

/** Programs that run the model, or more of it, where mlx-lm does not. */
function otherNotes(others: readonly ProgramVerdict[]): readonly LoadReason[] {
  return others
    .filter(({ runs }) => runs !== "text")
    .map(({ message }) => note("other-loader", message));
}

/** Why another program loads it or not. That mlx-lm does not have its architecture is then only worth a note. */
function otherReasons(
  { verdict, message }: ProgramVerdict,
  own: readonly LoadReason[],
): readonly LoadReason[] {
  const first =
    verdict === "no" ? blocking("other-loader", message) : note("other-loader", message);
  return [first, ...own.map((reason) => ({ ...reason, blocks: false }))];
}

// Reasons that do not make a "no" by themselves, but rule out a "yes".
const DOUBTS: ReadonlySet<LoadReasonCode> = new Set([
  "files-unknown",
  "doubtful-quantization",
  "needs-newer-mlx",
  "missing-settings",
  "trusted-code",
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
    return [
      trustRemoteCode
        ? note(
            "trusted-code",
            `expected to load, not checked: mlx-lm runs the repo's ${file} with --trust-remote-code, with your rights. Read it first`,
          )
        : blocking(
            "remote-code",
            `its architecture is code of the repo (${file}), which mlx-lm runs only with --trust-remote-code`,
          ),
    ];
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
    const known = programVerdicts(description, {
      verdict: "no",
      reasons: [],
      support: MLX_LM_TABLE,
    });
    return [
      blocking("unknown-architecture", unknown),
      ...(sees && known.length === 0
        ? [note("needs-mlx-vlm", "it takes images or sound: a newer mlx-vlm may run it")]
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
    ...(sees ? [note("text-only", `mlx-lm ${mlxLmVersion} loads its text part only`)] : []),
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
