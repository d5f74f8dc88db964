/** One option as the parser, the help and the suggestions know it. */
export interface FlagSpec {
  /** Without dashes: `local-dir`. */
  readonly name: string;
  /**
   * `count`: a whole number above zero. `bytes`: a size such as `64G`, as a number of bytes.
   * `rate`: bytes per second. `port`: 0 (any free one) to 65535.
   */
  readonly type: "switch" | "text" | "list" | "count" | "port" | "bytes" | "rate";
  readonly summary: string;
  /** Stands for the value in help. */
  readonly value?: string;
  /** Other spellings. A single letter is a short option. */
  readonly aliases?: readonly string[];
  readonly choices?: readonly string[];
}

/** The value of an option in the flags: one of its choices if it has any. */
type FlagValue<Spec> = Spec extends { readonly type: "switch" }
  ? boolean
  : Spec extends { readonly type: "list" }
    ? readonly string[]
    : Spec extends { readonly type: "count" | "port" | "bytes" | "rate" }
      ? number
      : Spec extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/**
 * The keys of options that always have a value: an absent switch is false, an absent list empty.
 */
type AlwaysGiven<Specs> = {
  [Key in keyof Specs]: Specs[Key] extends { readonly type: "switch" | "list" } ? Key : never;
}[keyof Specs];

/**
 * The flags that a table of options produces. An option with a value is absent when it is not
 * given.
 */
export type FlagsOf<Specs> = {
  readonly [Key in AlwaysGiven<Specs>]: FlagValue<Specs[Key]>;
} & {
  readonly [Key in Exclude<keyof Specs, AlwaysGiven<Specs>>]?: FlagValue<Specs[Key]>;
};
