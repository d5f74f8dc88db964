import { relative, resolve, sep } from "node:path";
import type { OutputChunk } from "rolldown";

/** The part of a source map that leads a line and column of a chunk to a file and line of this repo. */
interface Positions {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly names: readonly [];
  readonly mappings: string;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The source maps of `chunks`, by file name, cut down to what `--debug` shows: lines of this repo's own sources, without
 * columns, names and the sources themselves. A tenth of the whole maps.
 */
export function sourcePositions(
  chunks: readonly OutputChunk[],
  { dist, root }: { readonly dist: string; readonly root: string },
): Readonly<Record<string, Positions>> {
  return Object.fromEntries(
    chunks.flatMap(({ fileName, map }) => {
      if (map === null) return [];
      const paths = map.sources.map((source) =>
        relative(root, resolve(dist, fileName, "..", source)).replaceAll(sep, "/"),
      );
      return [[fileName, ownLines(map.mappings, paths)]];
    }),
  );
}

/** Source maps, revision 3: https://tc39.es/ecma426/#sec-mappings */
function ownLines(mappings: string, paths: readonly string[]): Positions {
  const sources: string[] = [];
  const isOwn = (path: string | undefined): path is string =>
    path?.startsWith("packages/") === true;
  const at = { source: 0, line: 0 };
  const written = { source: 0, line: 0 };
  const lines = mappings.split(";").map((line) => {
    const segments: string[] = [];
    let [column, writtenColumn] = [0, 0];
    let before: string | undefined;
    for (const segment of line === "" ? [] : line.split(",")) {
      const [columns = 0, source, sourceLines = 0] = decode(segment);
      column += columns;
      let path: string | undefined;
      if (source !== undefined) {
        at.source += source;
        at.line += sourceLines;
        path = paths[at.source];
      }
      const here = isOwn(path) ? `${path}:${at.line}` : undefined;
      if (here === before) continue;
      before = here;
      const fields = [column - writtenColumn];
      if (isOwn(path)) {
        if (!sources.includes(path)) sources.push(path);
        const index = sources.indexOf(path);
        fields.push(index - written.source, at.line - written.line, 0);
        Object.assign(written, { source: index, line: at.line });
      }
      writtenColumn = column;
      segments.push(fields.map(encode).join(""));
    }
    return segments.join(",");
  });
  return { version: 3, sources, names: [], mappings: lines.join(";") };
}

function decode(text: string): readonly number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function encode(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
