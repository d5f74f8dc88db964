import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkRepoId } from "@mlx-download/cache";
import { HubServerError } from "../errors.ts";
import { decoded } from "./decoded.ts";
import { findByOtherName } from "./find-by-other-name.ts";
import { fileBlob } from "./blob-source.ts";
import { folderFile } from "./folder-files.ts";
import { createFolderReader } from "./folder-snapshot.ts";
import { repoSettings } from "./repo-settings.ts";
import type { HubCollection, HubUser, RepoSettings, RepoStore, StoredRepo } from "./repo-store.ts";

/** The settings of a repo in a directory store, since folders do not contain them. */
export interface DirectoryRepoOptions extends Partial<RepoSettings> {
  /** Commits by revision. Derived from the content by default. */
  readonly commits?: Readonly<Record<string, string>>;
}

/** Users, collections and settings of a directory store. */
export interface DirectoryStoreOptions {
  readonly repoOptions?: (repoId: string) => DirectoryRepoOptions;
  readonly users?: readonly HubUser[];
  readonly collections?: readonly HubCollection[];
}

/**
 * A store of folders. `<root>/<org>/<name>/…` is a repo's `main`, and
 * `<root>/<org>/<name>@<revision>/…`, the revision percent-encoded (`tiny@refs%2Fpr%2F1`,
 * `tiny@v1`), is another revision. Folders are read again for every request. Files are digested
 * once, and again when they change. Throws `hub-server/no-store` when `root` is not a folder.
 */
export async function createDirectoryStore(
  root: string,
  options: DirectoryStoreOptions = {},
): Promise<RepoStore> {
  const boundary = await realFolder(root);
  const readFolder = createFolderReader();
  const { repoOptions = noOptions, users = [], collections = [] } = options;

  const repoAt = async (repoId: string): Promise<StoredRepo | undefined> => {
    const [org = "", name = ""] = repoId.split("/");
    // Listed, not opened: a link is no folder here, and on some disks any letter case would open one.
    if (!(await folderNames(boundary)).includes(org)) return undefined;
    const folders = await revisionFolders(join(boundary, org), name);
    const main = folders.get("main");
    if (main === undefined) return undefined;
    const { commits = {}, ...settings } = repoOptions(repoId);
    const { mtime, birthtime } = await stat(main);
    const snapshotOf = async (revision: string) => {
      const folder = folders.get(revision) ?? main;
      return readFolder({ repoId, folder, boundary, commit: commits[revision] });
    };
    const snapshots = async () =>
      Promise.all(
        [...folders.keys()].map(
          async (revision) => [revision, await snapshotOf(revision)] as const,
        ),
      );
    return {
      repoId,
      settings: repoSettings({
        lastModified: mtime.toISOString(),
        createdAt: birthtime.toISOString(),
        ...settings,
      }),
      refs: async () =>
        (await snapshots()).map(([revision, { commit }]) => ({ ref: fullRef(revision), commit })),
      snapshot: async (commit) =>
        (await snapshots()).find(([, snapshot]) => snapshot.commit === commit)?.[1],
      history: async (commit) =>
        (await snapshots()).flatMap(([, at]) => (at.commit === commit ? [at] : [])).slice(0, 1),
      readMain: async (path) => {
        const file = await folderFile(main, path, boundary);
        return file && fileBlob(file.realPath, file.size);
      },
    };
  };

  const list = async (): Promise<readonly StoredRepo[]> => {
    const repos: StoredRepo[] = [];
    for (const org of await folderNames(boundary)) {
      for (const name of await folderNames(join(boundary, org))) {
        const repo = isRepoId(`${org}/${name}`) ? await repoAt(`${org}/${name}`) : undefined;
        if (repo) repos.push(repo);
      }
    }
    return repos;
  };

  /** The repos whose id differs from this one at most in letter case. */
  const alike = async (repoId: string): Promise<readonly StoredRepo[]> => {
    const [org = "", name = ""] = repoId.toLowerCase().split("/");
    const repos: StoredRepo[] = [];
    for (const owner of await folderNames(boundary)) {
      if (owner.toLowerCase() !== org) continue;
      for (const folder of await folderNames(join(boundary, owner))) {
        if (folder.toLowerCase() !== name || !isRepoId(`${owner}/${folder}`)) continue;
        const repo = await repoAt(`${owner}/${folder}`);
        if (repo) repos.push(repo);
      }
    }
    return repos;
  };

  return {
    list,
    find: async (repoId) =>
      (isRepoId(repoId) ? await repoAt(repoId) : undefined) ??
      findByOtherName(await (options.repoOptions ? list() : alike(repoId)), repoId),
    userOf: async (token) => users.find((user) => user.tokens.includes(token)),
    collections: async () => collections,
  };
}

function noOptions(): DirectoryRepoOptions {
  return {};
}

/** The folders of a repo by revision. */
async function revisionFolders(
  orgFolder: string,
  name: string,
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  for (const entry of await folderNames(orgFolder)) {
    const [repo, revision = "main"] = entry.split("@");
    if (repo === name) folders.set(decoded(revision), join(orgFolder, entry));
  }
  return folders;
}

async function folderNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .toSorted();
}

async function realFolder(root: string): Promise<string> {
  try {
    const real = await realpath(root);
    if ((await stat(real)).isDirectory()) return real;
  } catch {
    // reported below
  }
  throw new HubServerError(`${root} is not a folder`, "hub-server/no-store", {
    hint: "Name a folder that holds repos as <org>/<name>.",
    data: { root },
  });
}

function isRepoId(id: string): boolean {
  try {
    return checkRepoId(id).includes("/");
  } catch {
    return false;
  }
}

/** `v1` is a branch. `refs/tags/v1` is a tag. */
function fullRef(revision: string): string {
  return revision.startsWith("refs/") ? revision : `refs/heads/${revision}`;
}
