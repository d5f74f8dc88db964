import {
  filesDigest,
  formatFileLine,
  isSafePath,
  type LockedFile,
  parseFileLine,
} from "./locked-files.ts";
import { lockError } from "./lock-error.ts";
import { type ManifestModel, presetOf } from "./manifest.ts";
import { checkAlias, isRepoId } from "./model-name.ts";
import { byName, isObject, type JsonObject, patternsOf, readJson, writeJson } from "./read-json.ts";

/** The name of a project's lock, which lists the exact commits and files. */
export const LOCK_FILE = "mlx-models.lock";
const LOCK_VERSION = 1;

/** One model as a project uses it, to the byte. No endpoint, token or path of a machine is in it. */
export interface LockedModel {
  readonly repoId: string;
  /** The Hub's own id of the repo, 24 hex digits: stays when it is renamed. */
  readonly repoObjectId: string | null;
  /** The request of the manifest, as written there. */
  readonly requested: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** When the commit was looked up, ISO 8601. */
  readonly resolvedAt: string;
  readonly license: string | null;
  readonly gated: false | "auto" | "manual";
  readonly selection: Pick<ManifestModel, "include" | "exclude" | "preset">;
  readonly loads: { readonly modelType: string | null; readonly quantization: string | null };
  /** See `filesDigest`. */
  readonly digest: string;
  /** By path below the model's folder. */
  readonly files: ReadonlyMap<string, LockedFile>;
}

/** The models of a project, by alias. */
export interface ModelLock {
  readonly models: ReadonlyMap<string, LockedModel>;
}

/**
 * Reads `mlx-models.lock`. Throws `lock/conflict` for a merge's markers, `lock/version` for a format that is not known,
 * `lock/tampered` where digests, sizes or paths do not belong together, and `lock/invalid` for everything else that is wrong.
 */
export function parseLock(text: string): ModelLock {
  const { lockVersion, models: given } = readJson(text, LOCK_FILE);
  if (
    typeof lockVersion === "number" &&
    Number.isInteger(lockVersion) &&
    lockVersion > LOCK_VERSION
  ) {
    throw lockError("lock/version", `${LOCK_FILE} has format ${lockVersion}`, {
      hint: "A newer mlx-download wrote it: update this one.",
      lockVersion,
      known: LOCK_VERSION,
    });
  }
  if (lockVersion !== LOCK_VERSION || !isObject(given)) {
    throw invalid(undefined, "has no lockVersion 1 with models");
  }
  const models = new Map<string, LockedModel>();
  for (const [alias, value] of Object.entries(given)) {
    checkAlias(alias);
    if (!isObject(value)) throw invalid(alias, "is no object");
    models.set(alias, lockedModel(alias, value));
  }
  return { models };
}

function lockedModel(alias: string, value: JsonObject): LockedModel {
  const fail = (problem: string): Error => invalid(alias, problem);
  const text = (name: string, pattern: RegExp): string => {
    const field = value[name];
    if (typeof field !== "string" || !pattern.test(field)) throw fail(`has no sound ${name}`);
    return field;
  };
  const orNull = (field: unknown, name: string): string | null => {
    if (field === null || field === undefined) return null;
    if (typeof field === "string" && field.length <= 200 && !/\p{Cc}/u.test(field)) return field;
    throw fail(`has no sound ${name}`);
  };
  const repoId = text("repoId", /\//);
  if (!isRepoId(repoId)) throw fail("has no sound repoId");
  const { gated = false, selection, loads } = value;
  if (gated !== false && gated !== "auto" && gated !== "manual") throw fail("has no sound gated");
  if (!isObject(selection)) throw fail("has no selection");
  if (Number.isNaN(Date.parse(text("resolvedAt", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)))) {
    throw fail("has no sound resolvedAt");
  }
  const repoObjectId = orNull(value["repoObjectId"], "repoObjectId");
  if (repoObjectId !== null && !/^[0-9a-f]{24}$/.test(repoObjectId)) {
    throw fail("has no sound repoObjectId");
  }
  const files = lockedFiles(alias, value["files"]);
  const digest = text("digest", /^sha256:[0-9a-f]{64}$/);
  if (filesDigest(files) !== digest) throw tampered(alias, "its digest is not that of its files");
  const known = isObject(loads) ? loads : {};
  return {
    repoId,
    repoObjectId,
    requested: text("requested", /^[^\p{Cc}]{3,300}$/u),
    commit: text("commit", /^[0-9a-f]{40}$/),
    resolvedAt: text("resolvedAt", /./),
    license: orNull(value["license"], "license"),
    gated,
    selection: {
      include: patternsOf(selection["include"], fail),
      exclude: patternsOf(selection["exclude"], fail),
      preset: presetOf(selection["preset"], fail),
    },
    loads: {
      modelType: orNull(known["modelType"], "loads"),
      quantization: orNull(known["quantization"], "loads"),
    },
    digest,
    files,
  };
}

function lockedFiles(alias: string, given: unknown): ReadonlyMap<string, LockedFile> {
  if (!isObject(given) || Object.keys(given).length === 0) throw invalid(alias, "has no files");
  const files = new Map<string, LockedFile>();
  // Two names that one disk cannot tell apart, or a file where another one needs a folder.
  const taken = new Set<string>();
  for (const [path, line] of Object.entries(given)) {
    if (!isSafePath(path))
      throw tampered(alias, `the path ${JSON.stringify(path)} leads elsewhere`);
    const file = parseFileLine(line);
    if (!file) throw tampered(alias, `the line of ${path} is no digest and size`);
    const folded = path.normalize("NFC").toLowerCase();
    if (taken.has(folded)) throw tampered(alias, `the path ${path} is there twice`);
    taken.add(folded);
    files.set(path, file);
  }
  for (const path of taken) {
    const parts = path.split("/");
    for (let length = 1; length < parts.length; length += 1) {
      if (taken.has(parts.slice(0, length).join("/"))) {
        throw tampered(alias, `${path} is below a file`);
      }
    }
  }
  return files;
}

/** Writes a lock: sorted by alias and path, keys in one order, one line a file. The same models give the same text. */
export function formatLock({ models }: ModelLock): string {
  const sorted = [...models].toSorted(([a], [b]) => byName(a, b));
  return writeJson({
    lockVersion: LOCK_VERSION,
    models: Object.fromEntries(sorted.map(([alias, model]) => [alias, plainModel(model)])),
  });
}

function plainModel(model: LockedModel): object {
  const { selection, loads } = model;
  const files = [...model.files].toSorted(([a], [b]) => byName(a, b));
  return {
    repoId: model.repoId,
    repoObjectId: model.repoObjectId,
    requested: model.requested,
    commit: model.commit,
    resolvedAt: model.resolvedAt,
    license: model.license,
    gated: model.gated,
    selection: {
      include: selection.include,
      exclude: selection.exclude,
      ...(selection.preset !== undefined && { preset: selection.preset }),
    },
    loads: { modelType: loads.modelType, quantization: loads.quantization },
    digest: model.digest,
    files: Object.fromEntries(files.map(([path, file]) => [path, formatFileLine(file)])),
  };
}

function invalid(alias: string | undefined, problem: string): Error {
  const what = alias === undefined ? LOCK_FILE : `${LOCK_FILE}: ${alias}`;
  return lockError("lock/invalid", `${what} ${problem}`, {
    hint: "Take an earlier version of the lock from your repository, or make it again with mlx-download install.",
    file: LOCK_FILE,
    alias: alias ?? null,
  });
}

function tampered(alias: string, problem: string): Error {
  return lockError("lock/tampered", `${LOCK_FILE}: ${alias} was changed by hand: ${problem}`, {
    hint: "Take the lock from your repository again. Nothing of it is installed.",
    file: LOCK_FILE,
    alias,
  });
}
