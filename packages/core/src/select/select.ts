import { compileFnmatch } from "./fnmatch.ts";
import { FOREIGN_WEIGHT_BYTES, FOREIGN_WEIGHTS, MLX_WEIGHTS, PRESETS } from "./preset.ts";
import type { SelectionOptions } from "../contract/options.ts";

/** The fields that a selector reads. */
export interface SelectableFile {
  readonly path: string;
  readonly size: number;
}

/** Returns the wanted ones of a snapshot's files, in their order. */
export type Selector = <F extends SelectableFile>(files: readonly F[]) => readonly F[];

type Matcher = (path: string) => boolean;

/**
 * A selection by patterns as `snapshot_download` of the Python client reads them: `fnmatch` on the whole path, `\` is
 * `/`, a trailing `/` means everything below, an empty pattern matches nothing, an empty `include` list takes nothing,
 * and `exclude` wins. `include` adds to `preset`. With neither, everything is taken, but weights above 10 MB in formats
 * that MLX does not load are left out of repos that hold `model*.safetensors`.
 */
export function createSelector(options: SelectionOptions = {}): Selector {
  const { include, preset } = options;
  const excluded = anyOf([...list(options.exclude), ...(preset ? PRESETS[preset].exclude : [])]);
  const included = anyOf([...list(include), ...(preset ? PRESETS[preset].include : [])]);
  const unnamed = include === undefined && preset === undefined;
  return (files) => {
    const foreign = unnamed ? foreignWeights(files) : undefined;
    return files.filter(
      (file) => (foreign ? !foreign(file) : included(file.path)) && !excluded(file.path),
    );
  };
}

function list(patterns: string | readonly string[] | undefined): readonly string[] {
  return typeof patterns === "string" ? [patterns] : (patterns ?? []);
}

const slashed = (text: string): string => text.replaceAll("\\", "/");

function anyOf(patterns: readonly string[]): Matcher {
  const matchers = patterns.map((text) => {
    const pattern = slashed(text);
    return compileFnmatch(pattern.endsWith("/") ? `${pattern}*` : pattern);
  });
  return (path) => matchers.some((matches) => matches(slashed(path)));
}

const isForeignName = anyOf(FOREIGN_WEIGHTS);
const isMlxName = anyOf([MLX_WEIGHTS]);

function foreignWeights(files: readonly SelectableFile[]): (file: SelectableFile) => boolean {
  if (!files.some((file) => isMlxName(file.path))) return () => false;
  return (file) => file.size > FOREIGN_WEIGHT_BYTES && isForeignName(file.path);
}
