import { openRegistry, type Registry, type RegistryOptions } from "../registry.ts";
import {
  addDownload,
  addVersion,
  addView,
  type RecordedDownload,
  type RecordedVersion,
} from "./record-entries.ts";

/** The events of a download that are recorded, as `download` of `@mlx-download/core` emits them. */
export interface RecordableEvent {
  readonly type: string;
  readonly at: number;
  readonly repoId: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly result?: unknown;
}

/** Hears what happens to models on this machine, and writes it when there is time. Nothing of it ever throws. */
export interface Recorder {
  /** For the `onEvent` of downloads. Only remembers: it opens and writes nothing. */
  readonly onEvent: (event: RecordableEvent) => void;
  /** A branch points at this commit now. */
  version(version: Omit<RecordedVersion, "since"> & { readonly since?: number }): void;
  /** A folder was made of this model for another program. */
  view(repoId: string): void;
  /**
   * Opens the registry, writes everything that was heard in one transaction, and closes it: a few ms. Returns false when
   * it could not be written. It is forgotten then, since the record is never the only copy of anything.
   */
  flush(): boolean;
}

/** The registry to write to, and the names of the downloads. */
export interface RecorderOptions extends RegistryOptions {
  /** The host that is asked first. */
  readonly source?: string | undefined;
  /** The downloads go into plain folders, so that they move no branch of the cache. */
  readonly localDir?: boolean | undefined;
}

/** A download does not wait for another process that keeps the registry locked. */
const PATIENCE_MS = 250;

/** Makes a recorder. Call `flush` once the downloads have ended. */
export function createRecorder(options: RecorderOptions = {}): Recorder {
  type Entry = (db: Parameters<Parameters<Registry["write"]>[0]>[0]) => void;
  const hosts = new Map<string, Set<string>>();
  let entries: Entry[] = [];

  function hear(event: RecordableEvent): void {
    const { type, repoId, at, result } = event;
    if (type === "source-switched" && typeof event.to === "string") {
      const known = hosts.get(repoId) ?? new Set();
      hosts.set(repoId, known.add(event.to));
    }
    if (type !== "result" || !isResult(result)) return;
    const { revision, commit, bytes, durationMs } = result;
    const { total, fetched } = bytes;
    const asked = [options.source, ...(hosts.get(repoId) ?? [])].filter(Boolean).join(" ");
    const source = fetched > 0 && asked !== "" ? asked : null;
    const download = { repoId, revision, commit, at, bytes: total, fetched, durationMs, source };
    entries.push((db) => addDownload(db, download));
    if (options.localDir === true || revision === commit) return;
    entries.push((db) => addVersion(db, { repoId, revision, commit, since: at, how: "download" }));
  }

  return {
    onEvent: hear,
    version: (version) => {
      const since = version.since ?? Date.now();
      entries.push((db) => addVersion(db, { ...version, since }));
    },
    view: (repoId) => {
      const at = Date.now();
      entries.push((db) => addView(db, { repoId, at }));
    },
    flush() {
      const writing = entries;
      entries = [];
      if (writing.length === 0) return true;
      let registry: Registry | undefined;
      try {
        registry = openRegistry({ ...options, waitMs: PATIENCE_MS });
        registry.write(
          (db) => {
            for (const write of writing) write(db);
          },
          { waitMs: PATIENCE_MS },
        );
        return true;
      } catch {
        return false;
      } finally {
        registry?.close();
      }
    },
  };
}

type Result = Pick<RecordedDownload, "revision" | "commit" | "durationMs"> & {
  readonly bytes: { readonly total: number; readonly fetched: number };
};

function isResult(value: unknown): value is Result {
  if (typeof value !== "object" || value === null) return false;
  const { revision, commit, durationMs, bytes } = value as Partial<Record<keyof Result, unknown>>;
  if (typeof bytes !== "object" || bytes === null) return false;
  const { total, fetched } = bytes as Partial<Record<"total" | "fetched", unknown>>;
  return (
    typeof revision === "string" &&
    typeof commit === "string" &&
    [durationMs, total, fetched].every((number) => Number.isFinite(number))
  );
}
