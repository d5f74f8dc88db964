import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { expandHome } from "@mlx-download/cache";
import { ModelDownloadError, parseRepoRef } from "@mlx-download/core";
import {
  checkAlias,
  type Manifest,
  MANIFEST_FILE,
  type ManifestModel,
  parseManifest,
  parseNamedModel,
  registryPath,
} from "@mlx-download/registry";
import { editProject } from "../files/edit-project.ts";
import { readText } from "../files/read-project.ts";

/** A collection on this disk. It is a manifest in a folder of its own, so that it can be installed like a project. */
export interface LocalCollection {
  readonly name: string;
  /** Of the manifest. Absolute. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** Where collections are looked for. */
export interface CollectionOptions {
  /** Read instead of `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The folder of all collections: `mlx-download/collections` in the state folder of this user. */
export function collectionsFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(dirname(registryPath(env)), "collections");
}

/** All local collections, by name. One that cannot be read is left out. */
export async function listLocalCollections(
  options: CollectionOptions = {},
): Promise<readonly LocalCollection[]> {
  const folder = collectionsFolder(options.env);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(
    names.map((name) => readLocalCollection(name, options).catch(() => undefined)),
  );
  return found.filter((one) => one !== undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Reads a local collection by its name, or by the path of a file in the manifest's format (with a slash, or ending with
 * `.json`). Throws `collection/not-found`, `lock/invalid` and `lock/conflict`.
 */
export async function readLocalCollection(
  name: string,
  { env = process.env }: CollectionOptions = {},
): Promise<LocalCollection> {
  const isPath = /[/\\]|\.json$/i.test(name);
  const path = isPath ? resolve(expandHome(name, env)) : placeOf(name, env);
  const text = await readText(path);
  if (text === undefined) throw notFound(name, isPath);
  return { name, path, manifest: parseManifest(text) };
}

/** Makes a collection, or adds to one. The same model at another revision takes the place of the one before. */
export async function addToCollection(
  name: string,
  refs: readonly string[],
  options: CollectionOptions = {},
): Promise<LocalCollection> {
  const path = placeOf(name, options.env);
  const wanted = refs.map((ref) => {
    const { repoId, revision } = parseRepoRef(ref, { env: options.env });
    const whole = revision === undefined ? repoId : `${repoId}@${revision}`;
    parseNamedModel(whole);
    return { repoId, model: { ref: whole, include: [], exclude: [], optional: false } };
  });
  await mkdir(dirname(path), { recursive: true });
  await editProject(
    dirname(path),
    ({ manifest }) => {
      const set = new Map<string, ManifestModel>();
      const taken = (alias: string): boolean => set.has(alias) || manifest.models.has(alias);
      for (const { repoId, model } of wanted) set.set(aliasOf(repoId, manifest, taken), model);
      return { set };
    },
    options,
  );
  return readLocalCollection(name, options);
}

/** Takes models out of a collection, by repo or alias. Throws `collection/not-found` for one that is not in it. */
export async function removeFromCollection(
  name: string,
  words: readonly string[],
  options: CollectionOptions = {},
): Promise<LocalCollection> {
  const { path } = await readLocalCollection(name, options);
  await editProject(
    dirname(path),
    ({ manifest }) => {
      const remove = words.flatMap((word) => {
        const aliases = [...manifest.models]
          .filter(([alias, { ref }]) => word === alias || repoOf(ref) === repoOf(word))
          .map(([alias]) => alias);
        if (aliases.length > 0) return aliases;
        throw new ModelDownloadError(`${name} has no model ${word}`, "collection/not-found", {
          hint: `mlx-download collection show ${name} lists its models.`,
          data: { ref: word },
        });
      });
      return { remove };
    },
    options,
  );
  return readLocalCollection(name, options);
}

/** Removes a collection. The models stay. Throws `collection/not-found`. */
export async function removeCollection(
  name: string,
  options: CollectionOptions = {},
): Promise<LocalCollection> {
  const path = placeOf(name, options.env);
  const removed = await readLocalCollection(name, options);
  await rm(dirname(path), { recursive: true });
  return removed;
}

const placeOf = (name: string, env: NodeJS.ProcessEnv | undefined): string =>
  join(collectionsFolder(env), checkAlias(name), MANIFEST_FILE);

const repoOf = (ref: string): string => ref.split("@")[0] ?? ref;

/** A collection asks for no aliases, and a manifest wants them. */
function aliasOf(repoId: string, { models }: Manifest, taken: (alias: string) => boolean): string {
  const [own] = [...models].find(([, { ref }]) => repoOf(ref) === repoId) ?? [];
  if (own !== undefined) return own;
  const name = repoId.slice(repoId.indexOf("/") + 1).slice(0, 60);
  const names = [name, repoId.replace("/", ".").slice(0, 60)];
  const free = names.find((one) => !taken(one));
  if (free !== undefined) return free;
  for (let at = 2; ; at += 1) if (!taken(`${name}.${at}`)) return `${name}.${at}`;
}

function notFound(name: string, isPath: boolean): ModelDownloadError {
  return new ModelDownloadError(`There is no collection ${name}`, "collection/not-found", {
    hint: isPath
      ? "Name a file in the format of mlx-models.json."
      : `mlx-download collection ls lists the local ones, mlx-download collection add ${name} org/name makes one.`,
    data: { slug: name },
  });
}
