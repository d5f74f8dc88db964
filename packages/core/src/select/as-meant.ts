import type { SelectionOptions } from "../contract/options.ts";
import { createSelector, type SelectableFile } from "./select.ts";

/** A selection whose patterns mean something in one repo, and the patterns that mean nothing there. */
export interface MeantSelection {
  readonly selection: SelectionOptions;
  /** Patterns of `include` that match no file of the repo in any reading. */
  readonly unmatched: readonly string[];
}

const list = (patterns: string | readonly string[] | undefined): readonly string[] =>
  typeof patterns === "string" ? [patterns] : (patterns ?? []);

/** At most so many words come out of one pattern with braces. */
const mostExpansions = 256;

/** `*.{json,txt}` → `*.json`, `*.txt`, also nested and repeated braces. A brace without a comma is itself. */
function expandBraces(pattern: string): readonly string[] {
  let words = [pattern];
  for (let round = 0; round < 16; round += 1) {
    const next = words.flatMap((word) => {
      const found = /\{([^{}]*,[^{}]*)\}/.exec(word);
      if (!found) return [word];
      const [group, body = ""] = found;
      const [before, after] = [word.slice(0, found.index), word.slice(found.index + group.length)];
      return body.split(",").map((choice) => before + choice + after);
    });
    if (next.length === words.length || next.length > mostExpansions) break;
    words = next;
  }
  return words;
}

/** The ways in which shells, git and other downloaders would read a pattern, the nearest one first. */
function* otherReadings(pattern: string): Generator<readonly string[]> {
  const plain = pattern
    .trim()
    .replaceAll("\\", "/")
    .replace(/^(?:\.?\/)+/, "");
  yield [plain];
  const expanded = expandBraces(plain);
  yield expanded;
  if (plain.includes(",") && !plain.includes("{"))
    yield plain.split(",").flatMap((part) => [...expandBraces(part.trim())]);
  // A set such as [v1] matches one character in fnmatch.
  yield expanded.map((word) => word.replaceAll("[", "[[]"));
  yield expanded.map((word) => `${word.replace(/\/+$/, "")}/*`);
  // `**/*.json` of git also means the files at the top.
  if (plain.includes("**/")) yield [plain.replaceAll("**/", ""), plain.replaceAll("**/", "*/")];
}

/**
 * Reads patterns as they are meant in a repo with these files. A pattern that matches as Python's client reads it
 * stays. One that matches nothing is tried as other tools read it: without a leading `./` or `/`, with braces, split at
 * commas, with literal brackets, as a folder. `!x` in `include` is an exclusion.
 */
export function asMeant(
  options: SelectionOptions,
  files: readonly SelectableFile[],
): MeantSelection {
  const matchesAny = (patterns: readonly string[]): boolean =>
    createSelector({ include: patterns })(files).length > 0;
  const unmatched: string[] = [];
  const read = (pattern: string, isWanted: boolean): readonly string[] => {
    if (pattern.trim() === "" || matchesAny([pattern])) return [pattern];
    for (const as of otherReadings(pattern)) {
      if (matchesAny(as)) return as;
    }
    if (isWanted) unmatched.push(pattern);
    return [pattern];
  };
  const given = list(options.include);
  const isNegated = (pattern: string): boolean => /^!./.test(pattern) && !matchesAny([pattern]);
  const negated = given.filter(isNegated);
  const wanted = given.filter((pattern) => !isNegated(pattern));
  const include = wanted.flatMap((pattern) => read(pattern, true));
  const exclude = [...list(options.exclude), ...negated.map((pattern) => pattern.slice(1))].flatMap(
    (pattern) => read(pattern, false),
  );
  return {
    selection: {
      preset: options.preset,
      // Only exclusions were given: everything else is wanted, as without patterns.
      include:
        options.include === undefined || (wanted.length === 0 && negated.length > 0)
          ? undefined
          : include,
      exclude: exclude.length > 0 ? exclude : options.exclude,
    },
    unmatched,
  };
}

/** The files of a listing that a download with these options takes, patterns read as they are meant. */
export function selectFiles<F extends SelectableFile>(
  options: SelectionOptions,
  files: readonly F[],
): readonly F[] {
  return createSelector(asMeant(options, files).selection)(files);
}
