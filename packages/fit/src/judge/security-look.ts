import type { ModelDescription } from "../model/model-description.ts";
import type { ModelFile } from "../model/model-files.ts";
import { scanFinding, type ScanStatuses } from "./scan-status.ts";
import type { SecurityCode, SecurityFinding } from "./security-finding.ts";

/** The verdict of the security look. The gravest finding decides it. */
export interface SecurityLook {
  readonly verdict: "safe" | "caution" | "danger";
  readonly findings: readonly SecurityFinding[];
}

/** The facts that are checked. */
export interface SecurityFacts {
  /** The files in question: all of a snapshot, or those a download selects. */
  readonly files: readonly ModelFile[];
  readonly description?: Pick<ModelDescription, "remoteCode"> | undefined;
  /** The scan status of each file, by path. Undefined when the scanners were not asked. */
  readonly scans?: ScanStatuses | undefined;
  /** The fault in the header of a safetensors file, by path. */
  readonly badHeaders?: ReadonlyMap<string, string> | undefined;
}

const PICKLES =
  /\.(?:bin|pt|pth|ckpt|pkl|pickle|joblib|dill|npy|npz|h5|hdf5|keras|mar|model_state|nemo)$/i;
/** `.npy` and `.npz` hold arrays unless the caller allows pickle. Keras files may carry lambdas. */
const SELDOM_PICKLES = /\.(?:npy|npz|h5|hdf5|keras)$/i;
const EXECUTABLES =
  /\.(?:exe|dll|so(?:\.\d+)*|dylib|app|dmg|pkg|msi|bat|cmd|ps1|vbs|scr|com|jar|class|command|scpt|workflow|wasm|node|pyd|pyc|metallib)$/i;
const SCRIPTS = /\.(?:sh|bash|zsh|fish|pl|rb|js|mjs|lua)$/i;
const ARCHIVES = /\.(?:zip|tar|tgz|tar\.\w+|gz|bz2|xz|7z|rar|zst|whl|egg)$/i;
const USUAL =
  /\.(?:safetensors|json|jsonl|txt|md|jinja|jinja2|model|tiktoken|gguf|onnx|onnx_data|yaml|yml|py|csv|png|jpe?g|gif|svg|webp|pdf|mp4|wav|mp3|flac|vocab|bpe|spm|merges|ipynb|html|cff|bib|toml|cfg|ini|tflite|msgpack|mlmodel|mlpackage|lock|proto|xml|imatrix|parquet)$/i;
const USUAL_NAMES =
  /^(?:\.gitattributes|\.gitignore|\.gitkeep|\.DS_Store|license[\w.-]*|licence[\w.-]*|notice[\w.-]*|readme[\w.-]*|copying|authors|citation[\w.-]*|makefile|dockerfile|acceptable_use_policy[\w.-]*|use_policy[\w.-]*|merges|vocab|modelfile)$/i;

/** Looks at names, the config's wish for code, headers and the Hub's scans. Says nothing about the behaviour of the weights. */
export function lookAtSecurity(facts: SecurityFacts): SecurityLook {
  const findings: SecurityFinding[] = [];
  const add = (
    code: SecurityCode,
    severity: SecurityFinding["severity"],
    about: readonly [path: string, message: string],
  ): void => void findings.push({ code, severity, path: about[0], message: about[1] });

  const remote = facts.description?.remoteCode ?? [];
  const present = new Set(facts.files.map(({ path }) => path));
  const named = new Set<string>();
  for (const entry of remote) {
    const path = codeFile(entry, present);
    if (path === undefined || named.has(path)) continue;
    named.add(path);
    add("remote-code", "caution", [path, "the config names it as code that a loader may run"]);
  }
  for (const { path } of facts.files) {
    const found = byName(path, named);
    const risky = named.has(path) || (found !== undefined && found.severity !== "note");
    const scan = facts.scans && scanFinding(facts.scans.get(path), risky);
    if (scan) add(scan.code, scan.severity, [path, scan.message]);
    const bad = facts.badHeaders?.get(path);
    if (bad !== undefined) add("bad-header", "danger", [path, bad]);
    if (found) add(found.code, found.severity, [path, found.message]);
  }
  const worst = (severity: SecurityFinding["severity"]): boolean =>
    findings.some((finding) => finding.severity === severity);
  return {
    verdict: worst("danger") ? "danger" : worst("caution") ? "caution" : "safe",
    findings: findings.toSorted(byGravity),
  };
}

/** Whether a file of this name could run something: worth asking the Hub's scanners about. */
export function canCarryCode(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    PICKLES.test(name) ||
    EXECUTABLES.test(name) ||
    SCRIPTS.test(name) ||
    ARCHIVES.test(name) ||
    /\.(?:py|gguf|onnx|ipynb)$/i.test(name) ||
    !(USUAL.test(name) || USUAL_NAMES.test(name))
  );
}

const GRAVITY = { danger: 0, caution: 1, note: 2 } as const;

function byGravity(a: SecurityFinding, b: SecurityFinding): number {
  return GRAVITY[a.severity] - GRAVITY[b.severity] || (a.path < b.path ? -1 : 1);
}

/** The file of the repo that an entry of `remoteCode` means: `modeling_x.py`, `modeling_x.Class`, `org/name--file.Class`. */
function codeFile(entry: string, present: ReadonlySet<string>): string | undefined {
  if (entry.includes("--")) return entry;
  if (present.has(entry)) return entry;
  const module = `${entry.replace(/\.[^./]*$/, "").replaceAll(".", "/")}.py`;
  return present.has(module) ? module : undefined;
}

function byName(
  path: string,
  named: ReadonlySet<string>,
): Omit<SecurityFinding, "path"> | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (SELDOM_PICKLES.test(name)) {
    return { code: "pickle", severity: "note", message: "this format can carry code, seldom does" };
  }
  if (PICKLES.test(name)) {
    return { code: "pickle", severity: "caution", message: "loading this format can run code" };
  }
  if (EXECUTABLES.test(name)) {
    return { code: "executable", severity: "danger", message: "a program has no place in a model" };
  }
  if (SCRIPTS.test(name)) {
    return {
      code: "executable",
      severity: "caution",
      message: "a script: read it before you run it",
    };
  }
  if (ARCHIVES.test(name)) {
    return {
      code: "archive",
      severity: "caution",
      message: "the content of an archive is not checked",
    };
  }
  if (/\.py$/i.test(name)) {
    return named.has(path)
      ? undefined
      : {
          code: "code-file",
          severity: "note",
          message: "Python code that the config does not name",
        };
  }
  if (USUAL.test(name) || USUAL_NAMES.test(name)) return undefined;
  return {
    code: "unusual-file",
    severity: "note",
    message: "models do not usually have such a file",
  };
}
