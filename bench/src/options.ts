import { parseArgs } from "node:util";

/** The names of the cases, in the order they run. */
export const caseNames = [
  "P1",
  "P1-TLS",
  "P2",
  "P3",
  "P4",
  "P5",
  "P6",
  "L1",
  "L2",
  "S1",
  "S2",
  "B1",
  "B2",
  "start-up",
  "E1",
  "C1",
  "C2",
  "R1",
  "R2",
  "X1",
  "X2",
  "X3",
  "X4",
  "X5",
  "X6",
  "X7",
] as const;

/** One of {@link caseNames}. */
export type CaseName = (typeof caseNames)[number];

/** What was asked for on the command line. */
export interface BenchOptions {
  /** Tiny sizes and one round: shows only that everything runs. */
  readonly quick: boolean;
  readonly cases: readonly CaseName[];
  /** Only peers whose name contains one of these, and ours; empty: all. */
  readonly peers: readonly string[];
  /** Undefined: each case's own number. */
  readonly rounds: number | undefined;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Where the results go as Markdown. */
  readonly markdown: string | undefined;
  /** The built command that is measured. */
  readonly cli: string | undefined;
  /** The folder that holds served files and destinations while it runs. */
  readonly folder: string | undefined;
}

/** The usage text of `pnpm bench`. */
export const usage = `pnpm bench [--quick] [--only P1,P3] [--peers curl,hf] [--rounds N] [--json FILE] [--markdown FILE]
           [--cli BIN.JS] [--folder DIR]

Measures the built command (pnpm build) side by side with curl, wget, aria2c, hf and @huggingface/hub: ${caseNames.join(", ")}
(P: downloads; C: the cache on disk; R: the registry; X: chunks of Xet storage).
What is not installed is skipped with the reason. MLX_DOWNLOAD_PYTHON_ENVS names the folder of the Python environments.
`;

/** Reads the command line (without node and script). Throws an Error that says what is wrong. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      peers: { type: "string", multiple: true },
      rounds: { type: "string" },
      json: { type: "string" },
      markdown: { type: "string" },
      cli: { type: "string" },
      folder: { type: "string" },
    },
  });
  return {
    quick: values.quick,
    cases: casesNamed(listed(values.only)),
    peers: listed(values.peers),
    rounds: values.rounds === undefined ? undefined : positive(values.rounds),
    json: values.json,
    markdown: values.markdown,
    cli: values.cli,
    folder: values.folder,
  };
}

function listed(given: readonly string[] | undefined): readonly string[] {
  return (given ?? []).flatMap((text) => text.split(",")).filter((word) => word !== "");
}

/** `P1` alone means both of its servers. */
function casesNamed(words: readonly string[]): readonly CaseName[] {
  if (words.length === 0) return caseNames;
  const wanted = new Set(words.map((word) => word.toLowerCase()));
  if (wanted.has("p1")) wanted.add("p1-tls");
  const known = new Set(caseNames.map((name) => name.toLowerCase()));
  const unknown = [...wanted].find((word) => !known.has(word));
  if (unknown !== undefined) {
    throw new Error(`there is no case ${unknown}; there are ${caseNames.join(", ")}`);
  }
  return caseNames.filter((name) => wanted.has(name.toLowerCase()));
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--rounds ${text} is no positive whole number`);
}
