import {
  formatManifest,
  MANIFEST_FILE,
  type ManifestModel,
  parseManifest,
  plainModel,
} from "./manifest.ts";
import { byName, isObject, readJson } from "./read-json.ts";

/** A change of a manifest. */
export interface ManifestEdit {
  /** Models that are added, or take the place of those of the same alias. */
  readonly set?: ReadonlyMap<string, ManifestModel> | undefined;
  /** Aliases that go. */
  readonly remove?: Iterable<string> | undefined;
}

/**
 * The text of a manifest after an edit. Everything else stays as it was written: indentation, line ends, byte order mark,
 * other entries, and the order of the aliases (sorted where it was). Throws the errors of `parseManifest`, also for a result
 * that is no manifest.
 */
export function editManifest(text: string | undefined, edit: ManifestEdit): string {
  const { set = new Map<string, ManifestModel>(), remove = [] } = edit;
  if (text === undefined) return formatManifest({ models: set });
  parseManifest(text);
  const whole = readJson(text, MANIFEST_FILE);
  const before = isObject(whole["models"]) ? whole["models"] : {};
  const gone = new Set(remove);
  const kept = Object.keys(before).filter((alias) => !gone.has(alias));
  const added = [...set.keys()].filter((alias) => !Object.hasOwn(before, alias) || gone.has(alias));
  const aliases = isSorted(Object.keys(before))
    ? [...kept, ...added].toSorted(byName)
    : [...kept, ...added];
  const models = aliases.map((alias): [string, unknown] => {
    const model = set.get(alias);
    return [alias, model === undefined ? before[alias] : plainModel(model)];
  });
  const indent = /^\uFEFF?\{\s*?\r?\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
  const after = JSON.stringify({ ...whole, models: Object.fromEntries(models) }, undefined, indent);
  parseManifest(after);
  return likeBefore(text, `${after}\n`);
}

const isSorted = (names: readonly string[]): boolean =>
  names.every((name, at) => at === 0 || byName(names[at - 1] ?? "", name) <= 0);

/** `after` with the line ends and the byte order mark of `before`. */
export function likeBefore(before: string | undefined, after: string): string {
  const lines = before?.includes("\r\n") ? after.replaceAll("\n", "\r\n") : after;
  return before?.startsWith("\uFEFF") ? `\uFEFF${lines}` : lines;
}
