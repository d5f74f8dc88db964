/** The kind of a security finding. Stable. */
export type SecurityCode =
  /** The Hub's scanners call the file unsafe. */
  | "scan-unsafe"
  /** The Hub's scanners call the file suspicious. */
  | "scan-suspicious"
  /** The Hub's scanners advise caution, or use a word that is not known here. */
  | "scan-caution"
  /** The Hub's scanners have not looked at the file yet. */
  | "scan-pending"
  /** The Hub's scanners could not read the file. */
  | "scan-failed"
  /** The server says nothing of a file that could run code. */
  | "scan-missing"
  /** A format that may run code when it is loaded (pickle and formats built on it). */
  | "pickle"
  /** A program, a library or an installer. */
  | "executable"
  /** The config names code of the repo that a loader would run. */
  | "remote-code"
  /** A safetensors header that the format forbids. */
  | "bad-header"
  /** An archive: its content is not checked. */
  | "archive"
  /** Python files that nothing in the config names. */
  | "code-file"
  /** A file that models do not have. */
  | "unusual-file";

/** One thing that a security look found. */
export interface SecurityFinding {
  readonly code: SecurityCode;
  /** `danger`: do not load it. `caution`: load it only if you know the risk. `note`: worth a glance. */
  readonly severity: "danger" | "caution" | "note";
  readonly path: string;
  readonly message: string;
}
