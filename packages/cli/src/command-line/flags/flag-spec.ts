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

/** A value of an option as the flags hold it: one of its choices where it has some. */
type FlagValue<Spec> = Spec extends { readonly type: "switch" }
  ? boolean
  : Spec extends { readonly type: "list" }
    ? readonly string[]
    : Spec extends { readonly type: "count" | "bytes" | "rate" }
      ? number
      : Spec extends { readonly choices: readonly (infer Choice)[] }
        ? Choice
        : string;

/** The keys of options that always have a value: switches are false, lists empty when they are not given. */
type AlwaysGiven<Specs> = {
  [Key in keyof Specs]: Specs[Key] extends { readonly type: "switch" | "list" } ? Key : never;
}[keyof Specs];

/** What the options of a table are once they are read; an option with a value is absent when it is not given. */
export type FlagsOf<Specs> = {
  readonly [Key in AlwaysGiven<Specs>]: FlagValue<Specs[Key]>;
} & {
  readonly [Key in Exclude<keyof Specs, AlwaysGiven<Specs>>]?: FlagValue<Specs[Key]>;
};
