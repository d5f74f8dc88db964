/** One option as the parser, the help and the suggestions know it. */
export interface FlagSpec {
  /** Without dashes: `local-dir`. */
  readonly name: string;
  /** `count`: a whole number above zero; `bytes`: a size such as `64G`, as a number of bytes; `rate`: that a second. */
  readonly type: "switch" | "text" | "list" | "count" | "bytes" | "rate";
  readonly summary: string;
  /** Stands for the value in help. */
  readonly value?: string;
  /** Other spellings; one letter is a short option. */
  readonly aliases?: readonly string[];
  readonly choices?: readonly string[];
}
