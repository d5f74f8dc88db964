import { readFile } from "node:fs/promises";

/** Who asks a question: no token, a made-up one, or the one of the environment. */
export type Asker = "anonymous" | "made-up token" | "own token";

/** One answer of a Hub, generalized: nothing in it belongs to a person, a moment or a machine. */
export interface RecordedAnswer {
  /** The id of the question in `questions.ts`. */
  readonly question: string;
  /** Who saw it: the recorder, or a public recording that is named. */
  readonly source: string;
  /** The day, as `2026-10-06`. */
  readonly seenOn: string;
  readonly status: number;
  /** By lower-case name; null where the header must be absent. Headers that are not named may be anything. */
  readonly headers: Readonly<Record<string, string | null>>;
  /** The body, generalized; absent where it was not recorded. */
  readonly body?: unknown;
}

/** A file of answers. */
export interface Recording {
  readonly schema: 1;
  /** What the file is, for people. */
  readonly about: string;
  readonly answers: readonly RecordedAnswer[];
}

/** Reads a recording. Throws on a file that is none, and says which one. */
export async function readRecording(path: string): Promise<Recording> {
  const value: unknown = JSON.parse(await readFile(path, "utf8"));
  const { schema, answers } = value as Partial<Recording>;
  if (schema !== 1 || !Array.isArray(answers) || !answers.every(isAnswer))
    throw new Error(`${path} is not a recording of schema 1`);
  return value as Recording;
}

function isAnswer(value: unknown): value is RecordedAnswer {
  const { question, source, seenOn, status, headers } = value as Partial<RecordedAnswer>;
  return (
    [question, source, seenOn].every((text) => typeof text === "string" && text !== "") &&
    Number.isInteger(status) &&
    typeof headers === "object"
  );
}
