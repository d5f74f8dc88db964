import type { NameText } from "./name-text.ts";

/** Parameter counts by the words of a name. */
export interface NamedSize {
  /** Parameters: 30e9 for `30B-A3B`. */
  readonly parameters: number | undefined;
  /** Parameters used for one token, of a mixture of experts. */
  readonly activeParameters: number | undefined;
  /**
   * Meaning of `parameters`: all, those in use at a time (`E4B`, the weights are more), or experts times their size
   * (`8x7B`, the weights are fewer, attention is shared).
   */
  readonly parametersKind: "total" | "effective" | "upper-bound" | undefined;
}

const SCALES: Readonly<Record<string, number>> = { m: 1e6, b: 1e9, t: 1e12 };

// No digit, letter or point may precede, nor `3_`, which would be the first half of another number.
const before = "(?<![a-z0-9.]|\\d_)";
const EXPERTS = new RegExp(`${before}(\\d{1,3})x(\\d+(?:\\.\\d+)?)b(?![a-z0-9])`, "g");
const EXPERTS_BEHIND = new RegExp(`${before}(\\d+(?:\\.\\d+)?)bx(\\d)(?![a-z0-9])`, "g");
/** `17B-16E`: the parameters in use, and how many experts there are. */
const ACTIVE_OF_EXPERTS = new RegExp(`${before}(\\d+(?:\\.\\d+)?)b[-_]\\d+e(?![a-z0-9])`, "g");
const ACTIVE = new RegExp(`${before}a(\\d+(?:\\.\\d+)?)([bm])(?![a-z0-9])`, "g");
const EFFECTIVE = new RegExp(`${before}e(\\d+(?:\\.\\d+)?)b(?![a-z0-9])`, "g");
const TOTAL = new RegExp(`${before}(\\d+(?:[._]\\d+)?)([bt])(?![a-z0-9])`, "g");
const MILLIONS = new RegExp(`${before}(\\d+(?:\\.\\d+)?)m(?![a-z0-9])`, "g");
const SPLIT = new RegExp(`${before}(\\d)b(\\d)(?![a-z0-9])`, "g");
const COMMAND_R = /(?<=command-r)(\d+)b(?![a-z0-9])/g;

/** Takes the sizes out of `text`. Of several totals the first counts (`1.1B … 3T` ends with tokens seen). */
export function takeSize(text: NameText): NamedSize {
  const experts = text.takeMatches(EXPERTS)[0] ?? text.takeMatches(EXPERTS_BEHIND)[0];
  const ofExperts = text.takeMatches(ACTIVE_OF_EXPERTS)[0];
  const active = text.takeMatches(ACTIVE)[0];
  const effective = text.takeMatches(EFFECTIVE)[0];
  const total = text.takeMatches(TOTAL)[0];
  const split = text.takeMatches(SPLIT)[0];
  const other = total ?? text.takeMatches(COMMAND_R)[0];
  // Beside a size in billions, `1M` is a context length.
  const known = experts ?? effective ?? other ?? split ?? ofExperts;
  const millions = known === undefined ? text.takeMatches(MILLIONS)[0] : undefined;

  const activeParameters =
    active === undefined ? scaled(ofExperts?.[1], "b") : scaled(active[1], active[2]);
  if (other !== undefined) {
    return {
      parameters: scaled(other[1], other[2] ?? "b"),
      activeParameters,
      parametersKind: "total",
    };
  }
  if (split !== undefined) {
    const parameters = scaled(`${split[1]}.${split[2]}`, "b");
    return { parameters, activeParameters, parametersKind: "total" };
  }
  if (millions !== undefined) {
    return { parameters: scaled(millions[1], "m"), activeParameters, parametersKind: "total" };
  }
  if (experts !== undefined) {
    const parameters = Math.round(Number(experts[1]) * Number(experts[2]) * 1e9);
    return { parameters, activeParameters, parametersKind: "upper-bound" };
  }
  if (effective !== undefined) {
    return { parameters: scaled(effective[1], "b"), activeParameters, parametersKind: "effective" };
  }
  return { parameters: undefined, activeParameters, parametersKind: undefined };
}

function scaled(digits: string | undefined, unit: string | undefined): number | undefined {
  const scale = SCALES[unit ?? ""];
  if (digits === undefined) return undefined;
  const count = Number(digits.replace("_", "."));
  // 7 significant digits: 2.6B must not become 2600000000.0000005.
  return scale === undefined ? undefined : Math.round(Number((count * scale).toPrecision(7)));
}
