import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  blobPath,
  isCommit,
  listRepos,
  readTreeRecord,
  repoLayout,
  type RepoLayout,
  type SnapshotFile,
} from "@mlx-download/cache";
import { listXetRecords, readXetRecord, repoProofs } from "@mlx-download/cache/writing";
import type { Sidecar } from "@mlx-download/xet";

/** A file on this disk that a newer one may be made of. */
export interface LocalBase {
  readonly path: string;
  /** Its name in a plan: the digest. */
  readonly id: string;
  readonly size: number;
  readonly xetHash: string;
  /** Its known chunks. */
  readonly sidecar: Sidecar | undefined;
  /** A commit whose storage token opens its reconstruction, where there is no sidecar. */
  readonly commit: string | undefined;
  /** Size, time and inode when it was looked at. */
  readonly seen: string;
}

// Listings that are looked at, the newest first.
const MOST_COMMITS = 8;
// Bases of one file that need a question to the storage.
const MOST_ASKED = 2;
const MOST_SIDECARS = 500;

/** Finds bases for the files of one repo. */
export interface LocalBases {
  /** Former versions of the file, and other large files of the repo's newest listing. */
  formerVersions(file: SnapshotFile): Promise<readonly LocalBase[]>;
  /** Files of any repo of the cache that share one of these xorbs, by their sidecars. */
  sharing(xorbs: ReadonlySet<string>, file: SnapshotFile): Promise<readonly LocalBase[]>;
  /** Whether there is anything here that `sharing` could find. */
  any(): Promise<boolean>;
}

/** Looks at the cache as it is now. Nothing that cannot be read is a base. */
export function findLocalBases(layout: RepoLayout): LocalBases {
  let listings: Promise<readonly Listing[]> | undefined;
  let sidecars: Promise<readonly LocalBase[]> | undefined;

  const former = async (file: SnapshotFile): Promise<readonly LocalBase[]> => {
    const found = new Map<string, LocalBase>();
    for (const { commit, files } of await (listings ??= readListings(layout))) {
      const same = files.find(({ path }) => path === file.path);
      // A sharded model may have been cut elsewhere: any large file of it can hold the bytes.
      const others = files.filter((one) => one !== same && one.size >= file.size / 4);
      for (const one of [same, ...others]) {
        if (one?.xetHash === undefined || one.digest.algorithm !== "sha256") continue;
        if (one.digest.hex === file.digest.hex || found.has(one.digest.hex)) continue;
        const base = await baseOf(layout, { ...one, xetHash: one.xetHash }, commit);
        if (base === undefined) continue;
        if (base.sidecar !== undefined || asked(found) < MOST_ASKED) found.set(base.id, base);
        if (one === same) break;
      }
      if (asked(found) >= MOST_ASKED) break;
    }
    return [...found.values()];
  };

  return {
    formerVersions: former,
    async any() {
      return (await (sidecars ??= readSidecars(layout.cacheDir))).length > 0;
    },
    async sharing(xorbs, { digest }) {
      const all = await (sidecars ??= readSidecars(layout.cacheDir));
      return all.filter(
        ({ sidecar, id }) =>
          id !== digest.hex && sidecar?.terms.some(({ xorb }) => xorbs.has(xorb)),
      );
    },
  };
}

/** Whether the file is still the one that was looked at. */
export async function isUnchanged({ path, seen }: LocalBase): Promise<boolean> {
  return (await identityOf(path).catch(() => undefined)) === seen;
}

/** Reads bytes of bases, which are opened once each. */
export function openBases(bases: readonly LocalBase[]): {
  readonly read: (id: string, position: number, length: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
} {
  const paths = new Map(bases.map(({ id, path }) => [id, path]));
  const handles = new Map<string, Promise<FileHandle>>();
  return {
    async read(id, position, length) {
      const handle = handles.get(id) ?? open(paths.get(id) ?? "", "r");
      handles.set(id, handle);
      const bytes = new Uint8Array(length);
      const { bytesRead } = await (await handle).read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    },
    async close() {
      const opened = await Promise.allSettled(handles.values());
      for (const one of opened) if (one.status === "fulfilled") await one.value.close();
    },
  };
}

interface Listing {
  readonly commit: string;
  readonly files: readonly SnapshotFile[];
}

const asked = (found: ReadonlyMap<string, LocalBase>): number =>
  [...found.values()].filter(({ sidecar }) => sidecar === undefined).length;

async function readListings(layout: RepoLayout): Promise<readonly Listing[]> {
  const names = await readdir(layout.treesDir).catch(() => []);
  const commits = names.map((name) => name.replace(/\.json$/u, "")).filter(isCommit);
  const times = await Promise.all(
    commits.map(async (commit) => {
      const stats = await stat(join(layout.treesDir, `${commit}.json`)).catch(() => undefined);
      return { commit, at: stats?.mtimeMs ?? 0 };
    }),
  );
  const newest = times.toSorted((a, b) => b.at - a.at).slice(0, MOST_COMMITS);
  const listings: Listing[] = [];
  for (const { commit } of newest) {
    const files = await readTreeRecord(layout, commit);
    if (files !== undefined) listings.push({ commit, files });
  }
  return listings;
}

async function baseOf(
  layout: RepoLayout,
  file: SnapshotFile & { readonly xetHash: string },
  commit: string,
): Promise<LocalBase | undefined> {
  const path = blobPath(layout, file.digest.hex);
  const seen = await identityOf(path).catch(() => undefined);
  if (seen === undefined || !seen.startsWith(`${file.size} `)) return undefined;
  const sidecar = await sidecarOf(layout, file.digest.hex);
  const fits = sidecar?.size === file.size && sidecar.fileHash === file.xetHash;
  return {
    path,
    id: file.digest.hex,
    size: file.size,
    xetHash: file.xetHash,
    sidecar: fits ? sidecar : undefined,
    commit,
    seen,
  };
}

async function readSidecars(cacheDir: string): Promise<readonly LocalBase[]> {
  const found: LocalBase[] = [];
  for (const { repoId, repoType } of await listRepos(cacheDir).catch(() => [])) {
    const layout = repoLayout(cacheDir, repoId, repoType);
    for (const hex of await listXetRecords(repoProofs(layout))) {
      if (found.length === MOST_SIDECARS) return found;
      const sidecar = await sidecarOf(layout, hex);
      const path = blobPath(layout, hex);
      const seen = await identityOf(path).catch(() => undefined);
      if (sidecar === undefined || seen?.startsWith(`${sidecar.size} `) !== true) continue;
      const { size, fileHash: xetHash } = sidecar;
      found.push({ path, id: hex, size, xetHash, sidecar, commit: undefined, seen });
    }
  }
  return found;
}

async function sidecarOf(layout: RepoLayout, hex: string): Promise<Sidecar | undefined> {
  const bytes = await readXetRecord(repoProofs(layout), hex);
  if (bytes === undefined) return undefined;
  const { decodeSidecar } = await import("@mlx-download/xet");
  try {
    return decodeSidecar(bytes);
  } catch {
    return undefined;
  }
}

async function identityOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path);
  return `${size} ${mtimeMs} ${ino}`;
}
