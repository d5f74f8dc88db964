import { stat } from "node:fs/promises";
import {
  blobPath,
  isCommit,
  readRef,
  readTreeRecord,
  repoLayout,
  snapshotPath,
  type RepoLayout,
  type SnapshotFile,
} from "@mlx-download/cache";
import { writeTreeRecord } from "@mlx-download/cache/writing";
import type { BlobSource } from "../store/blob-source.ts";
import type { StoredRepo } from "../store/repo-store.ts";
import { cachedRepo } from "./cached-repo.ts";
import { type Fill, startFill } from "./fill.ts";
import type { MirrorEventBody } from "./mirror-event.ts";
import { createRecent } from "./recent.ts";
import { changeRepoRecord, readRepoRecord } from "./repo-record.ts";
import {
  type MirrorUpstream,
  refusalCode,
  type RepoName,
  type UpstreamSnapshot,
} from "./upstream.ts";

/** How a mirror brings what it lacks. */
export interface PullOptions {
  readonly cacheDir: string;
  readonly upstream: MirrorUpstream;
  /** A branch is asked about again after so long, in ms. */
  readonly refreshMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly emit: (event: MirrorEventBody) => void;
  /** Called with body bytes that came from the Hub. */
  readonly onWire: (bytes: number) => void;
  /** Called when a file has come. */
  readonly onFilled: () => void;
}

/** Repos of the cache that fetch what they lack from a Hub, once for all who ask. */
export interface Pull {
  /**
   * The repo as one client sees it, asking the Hub with `token`. `onStale` is called with the age in ms of a branch that
   * could not be asked about.
   */
  repo(
    name: RepoName,
    as: { token: string | undefined; onStale: (ageMs: number) => void },
  ): StoredRepo;
  /** Fills under way. */
  readonly filling: number;
}

interface WantedFile {
  readonly commit: string;
  readonly file: SnapshotFile;
  /** The commit's whole listing, where the cache does not have it yet. */
  readonly files: readonly SnapshotFile[] | undefined;
  readonly token: string | undefined;
}

interface Named {
  readonly snapshot: UpstreamSnapshot | undefined;
  /** The Hub did not answer. */
  readonly isAway: boolean;
}

const MOST_SNAPSHOTS = 500;
const MOST_SPOILED = 200;
const AWAY_MS = 10_000;
const HOUR_MS = 3_600_000;

/** Makes a {@link Pull}. */
export function createPull(options: PullOptions): Pull {
  const { cacheDir, upstream, refreshMs, now, signal, emit } = options;
  const fills = new Map<string, Fill>();
  /** What the Hub last said of each repo's revisions, to be noted beside the first of its files. */
  const commits = new Map<string, Map<string, { readonly commit: string; readonly at: number }>>();
  /** Files of which wrong bytes may have been sent, by repo. Noted beside their files as soon as there are any. */
  const spoiled = new Map<string, Set<string>>();
  const spoil = async (layout: RepoLayout, hex: string): Promise<void> => {
    const known = spoiled.get(layout.repoDir) ?? new Set();
    spoiled.set(layout.repoDir, known.add(hex));
    await noteSpoiled(layout, known);
  };
  const names = createRecent<Named>({
    most: MOST_SNAPSHOTS,
    holds: ({ isAway }) => (isAway ? Math.min(AWAY_MS, refreshMs) : refreshMs),
    now,
  });
  const listings = createRecent<readonly SnapshotFile[] | undefined>({
    most: MOST_SNAPSHOTS,
    holds: (files) => (files === undefined ? AWAY_MS : HOUR_MS),
    now,
  });

  /** Asks the Hub. A refusal is an answer, silence is none. */
  const ask = async (
    name: RepoName,
    { revision, token }: { revision: string; token: string | undefined },
  ): Promise<Named> => {
    try {
      const snapshot = await upstream.snapshot(name, { revision, token, signal });
      return { snapshot, isAway: false };
    } catch (error) {
      if (refusalCode(error) !== undefined) return { snapshot: undefined, isAway: false };
      const message = `${upstream.url} does not answer for ${name.repoId}: ${textOf(error)}`;
      emit({ type: "warning", code: "mirror/hub-away", message });
      return { snapshot: undefined, isAway: true };
    }
  };

  const fillOf = (
    name: RepoName,
    layout: RepoLayout,
    { commit, file, files, token }: WantedFile,
  ): Fill => {
    // By repo too: whether a client may have the bytes was judged for this repo.
    const key = `${layout.repoDir} ${file.digest.hex}`;
    const known = fills.get(key);
    if (known !== undefined) return known;
    const { repoId } = name;
    const { path, size } = file;
    emit({ type: "fill-started", repoId, path, size });
    const fill = startFill({
      size,
      fetch: async (told) => {
        // Else each file of a new commit would have the Hub list it again.
        if (files !== undefined)
          await writeTreeRecord(layout, commit, files).catch(() => undefined);
        const { onWire } = options;
        const onReplaced = (): void => {
          told.onReplaced();
          void spoil(layout, file.digest.hex);
        };
        const { onArrived } = told;
        const wanted = { commit, path, token, signal, onWire, onArrived, onReplaced };
        await upstream.fetch(name, wanted);
      },
      path: async () => {
        const inSnapshot = snapshotPath(layout, commit, path);
        const isThere = await stat(inSnapshot).then(
          () => true,
          () => false,
        );
        return isThere ? inSnapshot : blobPath(layout, file.digest.hex);
      },
    });
    fills.set(key, fill);
    const settle = async (): Promise<void> => {
      try {
        await fill.done;
        fills.delete(key);
        emit({ type: "fill-done", repoId, path, size });
        await noteSpoiled(layout, spoiled.get(layout.repoDir));
        for (const [revision, ref] of commits.get(layout.repoDir) ?? []) {
          await remember(layout, revision, ref);
        }
        options.onFilled();
      } catch (error) {
        fills.delete(key);
        const { code = "unexpected" } = (error ?? {}) as { code?: unknown };
        if (code === "transfer/checksum-mismatch") await spoil(layout, file.digest.hex);
        emit({ type: "fill-failed", repoId, path, code: String(code), message: textOf(error) });
      }
    };
    void settle();
    return fill;
  };

  return {
    get filling() {
      return fills.size;
    },
    repo(name, { token, onStale }) {
      const layout = repoLayout(cacheDir, name.repoId, name.repoType);
      const keyOf = (revision: string): string =>
        `${layout.repoDir} ${revision} ${token === undefined ? "" : "own"}`;
      const commitOf = async (revision: string): Promise<string | undefined> => {
        // What a token shows is asked for anew by each client: another's answer is not this one's.
        const named =
          token === undefined
            ? await names.get(keyOf(revision), () => ask(name, { revision, token }))
            : await ask(name, { revision, token });
        const { snapshot, isAway } = named;
        if (snapshot !== undefined) {
          const { commit, files } = snapshot;
          void listings.get(keyOf(commit), () => Promise.resolve(files));
          if (token === undefined && !isCommit(revision)) {
            const ref = { commit, at: now() };
            const revisions = commits.get(layout.repoDir) ?? new Map<string, typeof ref>();
            commits.set(layout.repoDir, revisions.set(revision, ref));
            await remember(layout, revision, ref);
          }
          return commit;
        }
        if (!isAway) return undefined;
        return lastKnown(revision);
      };
      const lastKnown = async (revision: string): Promise<string | undefined> => {
        const { refs } = await readRepoRecord(layout);
        const noted = Object.hasOwn(refs, revision) ? refs[revision] : undefined;
        const commit = noted?.commit ?? (await readRef(layout, revision).catch(() => undefined));
        if (commit === undefined) return undefined;
        const ageMs = noted === undefined ? 0 : Math.max(0, now() - noted.at);
        onStale(ageMs);
        const message = `The Hub is away: ${name.repoId}@${revision} is served as it was last known (${commit.slice(0, 7)})`;
        emit({ type: "stale", repoId: name.repoId, revision, commit, ageMs, message });
        return commit;
      };
      const listing = (commit: string): Promise<readonly SnapshotFile[] | undefined> =>
        isCommit(commit)
          ? listings.get(keyOf(commit), async () => {
              const { snapshot } = await ask(name, { revision: commit, token });
              return snapshot?.files;
            })
          : Promise.resolve(undefined);
      const fill = (commit: string, file: SnapshotFile): BlobSource => ({
        size: file.size,
        open: async () => {
          const recorded = await readTreeRecord(layout, commit);
          const files = recorded === undefined ? await listing(commit) : undefined;
          return fillOf(name, layout, { commit, file, files, token }).open();
        },
      });
      const isSpoiled = (hex: string): boolean => spoiled.get(layout.repoDir)?.has(hex) === true;
      return cachedRepo(layout, { commitOf, listing, fill, isSpoiled });
    },
  };
}

/** Notes what a revision was, for the time when the Hub is away. */
async function remember(
  layout: RepoLayout,
  revision: string,
  { commit, at }: { readonly commit: string; readonly at: number },
): Promise<void> {
  const { refs } = await readRepoRecord(layout);
  const before = Object.hasOwn(refs, revision) ? refs[revision] : undefined;
  // A minute more or less does not matter, and every request would write otherwise.
  if (before?.commit === commit && at - before.at < 60_000) return;
  await changeRepoRecord(layout, (record) => ({
    ...record,
    refs: { ...record.refs, [revision]: { commit, at } },
  }));
}

/** Remembers for later runs of which files wrong bytes were sent. */
async function noteSpoiled(
  layout: RepoLayout,
  hexes: ReadonlySet<string> | undefined,
): Promise<void> {
  if (hexes === undefined) return;
  await changeRepoRecord(layout, (record) => ({
    ...record,
    spoiled: [...new Set([...(record.spoiled ?? []), ...hexes])].slice(-MOST_SPOILED),
  }));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
