import { styleText } from "node:util";

/** The abilities of the output: colours and Unicode. */
export interface Style {
  readonly color: boolean;
  readonly unicode: boolean;
}

/** The roles of text. Each has one look. */
export type Tone = "label" | "strong" | "quiet" | "good" | "here" | "warn" | "bad";

const looks = {
  label: ["cyan"],
  strong: ["bold"],
  quiet: ["dim"],
  good: ["green"],
  here: ["blue"],
  warn: ["yellow"],
  bad: ["red", "bold"],
} as const satisfies Record<Tone, readonly Parameters<typeof styleText>[0][]>;

/** `text` in the look of its role, or as it is where colours are off. */
export function paint(style: Style, tone: Tone, text: string): string {
  if (!style.color || text === "") return text;
  return styleText([...looks[tone]], text, { validateStream: false });
}

/** A stream for text, as far as its look is concerned. */
interface StyledStream {
  readonly isTTY?: boolean | undefined;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

/**
 * The style for a stream: colours on a terminal unless NO_COLOR or TERM=dumb (FORCE_COLOR turns
 * them on elsewhere). Plain ASCII on the Linux console, on dumb terminals and in the C locale.
 */
export function styleFor(
  stream: StyledStream,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Style {
  const term = env["TERM"] ?? "";
  const forced = isSet(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0";
  const color =
    !isSet(env["NO_COLOR"]) &&
    env["FORCE_COLOR"] !== "0" &&
    (forced || (stream.isTTY === true && term !== "dumb"));
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const modernWindows = isSet(env["WT_SESSION"]) || env["TERM_PROGRAM"] === "vscode";
  const unicode =
    platform === "win32"
      ? modernWindows
      : term !== "linux" && term !== "dumb" && !/^(C|POSIX)$/.test(locale);
  return { color, unicode };
}
