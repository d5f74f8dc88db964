import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { gunzipSync } from "node:zlib";

type Maps = Readonly<Record<string, ConstructorParameters<typeof SourceMap>[0]>>;

/** A place in a chunk of the built command: its `dist`, the chunk below it, line and column. */
const PLACE = /(?:file:\/\/)?([^\s()]+[\\/]dist)[\\/]((?:bin[\\/])?[\w.-]+\.js):(\d+):(\d+)/g;

/**
 * A stack of the built command with the lines of the source (`packages/core/src/…:12`) in place of those of its minified
 * chunks, from `dist/source-positions.json.gz`, which the build writes. Other places stay.
 */
export function withSourceLines(stack: string): string {
  const read = new Map<string, Maps>();
  return stack.replaceAll(
    PLACE,
    (place: string, dist: string, chunk: string, line: string, column: string) => {
      const maps = read.get(dist) ?? readMaps(dist);
      read.set(dist, maps);
      const map = maps[chunk.replaceAll("\\", "/")];
      if (map === undefined) return place;
      const entry = new SourceMap(map).findEntry(Number(line) - 1, Number(column) - 1);
      return "originalSource" in entry && entry.originalSource
        ? `${entry.originalSource}:${entry.originalLine + 1}`
        : place;
    },
  );
}

function readMaps(dist: string): Maps {
  try {
    const packed = readPacked(dist);
    return JSON.parse(gunzipSync(packed).toString("utf8")) as Maps;
  } catch {
    // A build of another kind. The stack stays as it is.
    return {};
  }
}

function readPacked(dist: string): Uint8Array {
  // Inside of an executable no folder has this name. Not every runtime knows executables.
  const sea = process.getBuiltinModule("node:sea") as typeof import("node:sea") | undefined;
  if (sea?.isSea()) return new Uint8Array(sea.getRawAsset("dist/source-positions.json.gz"));
  const path = process.platform === "win32" ? dist.replace(/^\/(?=[A-Z]:)/i, "") : dist;
  return readFileSync(`${decodeURI(path)}/source-positions.json.gz`);
}
