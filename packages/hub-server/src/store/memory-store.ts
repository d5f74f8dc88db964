import type { RepoType } from "@mlx-download/cache";
import { HubServerError } from "../errors.ts";
import { findByOtherName } from "./find-by-other-name.ts";
import { contentBlob, knownSha256, type FileContent } from "./file-content.ts";
import { stableId } from "./git-object.ts";
import { describeFile, sortFiles, type DeclaredFile } from "./repo-file.ts";
import { repoSettings } from "./repo-settings.ts";
import type {
  HubCollection,
  HubUser,
  RepoFile,
  RepoSettings,
  RepoSnapshot,
  RepoStore,
  StoredRepo,
  TokenRefusal,
} from "./repo-store.ts";

/** How a repo, or a further commit of it, is added to a memory store. */
export interface RepoOptions extends Partial<RepoSettings> {
  /** Default `model`. The same id may name a repo of each kind. */
  readonly repoType?: RepoType;
  /** A branch (default `main`), `refs/tags/v1`, or `refs/pr/1`. */
  readonly revision?: string;
  /** 40 hex. By default derived from the repo id and the content. */
  readonly commit?: string;
  readonly title?: string;
  /** Overrides, by path, whether a file is in LFS. */
  readonly lfs?: Readonly<Record<string, boolean>>;
  /** Overrides, by path, of the Hub's description of a file. The bytes are unchanged. */
  readonly declared?: Readonly<Record<string, DeclaredFile>>;
}

/** A store that lives in memory and can be changed while a Hub serves it. */
export interface MemoryStore extends RepoStore {
  /**
   * Adds a repo, or a commit to it. Given settings replace the former ones. Throws
   * `hub-server/invalid-repo`.
   */
  addRepo(
    repoId: string,
    files: Readonly<Record<string, FileContent>>,
    options?: RepoOptions,
  ): Promise<{ readonly commit: string }>;
  /** Changes settings of an existing model. Does nothing for an unknown one. */
  changeSettings(repoId: string, settings: Partial<RepoSettings>): void;
  /** Removes a model. */
  removeRepo(repoId: string): void;
  addUser(user: HubUser): void;
  /**
   * Makes a token invalid from the next request on. `refusal` chooses the Hub's words (default
   * `malformed`).
   */
  revokeToken(token: string, refusal?: TokenRefusal): void;
  addCollection(collection: HubCollection): void;
}

interface MemoryRepo extends StoredRepo {
  settings: RepoSettings;
  readonly refMap: Map<string, string>;
  readonly snapshots: Map<string, RepoSnapshot>;
  readonly parents: Map<string, string>;
}

/** An empty {@link MemoryStore}. Contents stay where they are: a file on disk is read when it is asked for. */
export function createMemoryStore(): MemoryStore {
  const repos = new Map<string, MemoryRepo>();
  const keyOf = (repoId: string, repoType: RepoType = "model"): string => `${repoType} ${repoId}`;
  const users = new Map<string, HubUser>();
  const refusals = new Map<string, TokenRefusal>();
  const collections: HubCollection[] = [];
  return {
    async addRepo(repoId, files, options = {}) {
      if (!/^[^/]+\/[^/]+$/.test(repoId)) {
        throw new HubServerError(`${repoId} is no repo id`, "hub-server/invalid-repo", {
          hint: "Name the repo org/name.",
          data: { repoId },
        });
      }
      const described = await describeFiles(files, options);
      const { repoType = "model" } = options;
      const key = keyOf(repoId, repoType);
      const repo = repos.get(key) ?? memoryRepo(repoId, repoType);
      repos.set(key, repo);
      repo.settings = repoSettings({ ...repo.settings, ...settingsOf(options) });
      const commit =
        options.commit ??
        stableId("commit", repoId, ...described.flatMap((file) => [file.path, file.oid]));
      const ref = fullRef(options.revision ?? "main");
      const parent = repo.refMap.get(ref);
      if (parent !== undefined && parent !== commit) repo.parents.set(commit, parent);
      repo.snapshots.set(commit, {
        commit,
        files: described,
        title: options.title ?? "Upload",
        date: repo.settings.lastModified,
      });
      repo.refMap.set(ref, commit);
      return { commit };
    },
    changeSettings(repoId, settings) {
      const repo = repos.get(keyOf(repoId));
      if (repo) repo.settings = { ...repo.settings, ...settings };
    },
    removeRepo: (repoId) => void repos.delete(keyOf(repoId)),
    addUser(user) {
      for (const token of user.tokens) {
        users.set(token, user);
        refusals.delete(token);
      }
    },
    revokeToken(token, refusal = "unknown") {
      users.delete(token);
      refusals.set(token, refusal);
    },
    addCollection: (collection) => void collections.push(collection),
    list: async () => [...repos.values()],
    async find(repoId, repoType = "model") {
      const exact = repos.get(keyOf(repoId, repoType));
      if (exact) return exact;
      const ofKind = [...repos.values()].filter((repo) => repo.repoType === repoType);
      return findByOtherName(ofKind, repoId);
    },
    userOf: async (token) => users.get(token),
    refusalOf: async (token) => refusals.get(token),
    collections: async () => [...collections],
  };
}

function memoryRepo(repoId: string, repoType: RepoType): MemoryRepo {
  const refMap = new Map<string, string>();
  const snapshots = new Map<string, RepoSnapshot>();
  const parents = new Map<string, string>();
  return {
    repoId,
    repoType,
    settings: repoSettings(),
    refMap,
    snapshots,
    parents,
    refs: async () => [...refMap].map(([ref, commit]) => ({ ref, commit })),
    snapshot: async (commit) => snapshots.get(commit),
    history: async (commit) => {
      const found = new Map<string, RepoSnapshot>();
      for (let at: string | undefined = commit; at && !found.has(at); at = parents.get(at)) {
        const snapshot = snapshots.get(at);
        if (snapshot) found.set(at, snapshot);
      }
      return [...found.values()];
    },
    readMain: async (path) => {
      const commit = refMap.get("refs/heads/main");
      const snapshot = commit === undefined ? undefined : snapshots.get(commit);
      return snapshot?.files.find((file) => file.path === path)?.blob;
    },
  };
}

async function describeFiles(
  files: Readonly<Record<string, FileContent>>,
  { lfs = {}, declared = {} }: RepoOptions,
): Promise<readonly RepoFile[]> {
  const described: RepoFile[] = [];
  for (const [path, content] of Object.entries(files)) {
    const blob = await contentBlob(content);
    described.push(
      await describeFile(path, blob, {
        lfs: lfs[path],
        declared: declared[path],
        sha256: await knownSha256(content, blob),
      }),
    );
  }
  return sortFiles(described);
}

function settingsOf(options: RepoOptions): Partial<RepoSettings> {
  const {
    repoType: _k,
    revision: _r,
    commit: _c,
    title: _t,
    lfs: _l,
    declared: _d,
    ...settings
  } = options;
  return settings;
}

/** `main` → `refs/heads/main`. A name that starts with `refs/` is unchanged. */
function fullRef(revision: string): string {
  return revision.startsWith("refs/") ? revision : `refs/heads/${revision}`;
}
