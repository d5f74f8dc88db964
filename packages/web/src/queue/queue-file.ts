import { readFile, rename } from "node:fs/promises";
import type { Failure, QueuedDownload, QueueLimits } from "../contract.ts";
import { writePrivate } from "../gate/token.ts";
import { defaultLimits, readLimits } from "./limits.ts";

/** The part that outlives the process: the downloads, first to last, and the limits. */
export interface QueueState {
  readonly downloads: readonly QueuedDownload[];
  readonly limits: QueueLimits;
}

/**
 * The queue of the file. Empty where there is none. A file that is damaged is renamed to `….damaged` and nothing of it is
 * used. A download that ran when the process ended has its turn again.
 */
export async function loadQueue(path: string): Promise<QueueState> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return { downloads: [], limits: defaultLimits };
  const state = parseQueue(text);
  if (state !== undefined) return state;
  await rename(path, `${path}.damaged`).catch(() => undefined);
  return { downloads: [], limits: defaultLimits };
}

/** Writes the queue whole, in one step. */
export async function saveQueue(path: string, state: QueueState): Promise<void> {
  // The journals say how far a download is. Samples and files at work would be old.
  const downloads = state.downloads.map((item) => ({ ...item, active: [], speeds: [] }));
  await writePrivate(path, `${JSON.stringify({ schema: 1, ...state, downloads })}\n`);
}

function parseQueue(text: string): QueueState | undefined {
  try {
    const { downloads, limits } = JSON.parse(text) as Record<string, unknown>;
    if (!Array.isArray(downloads)) return undefined;
    return {
      downloads: downloads.flatMap((item: unknown) => readDownload(item) ?? []),
      limits: readLimits(limits, defaultLimits) ?? defaultLimits,
    };
  } catch {
    return undefined;
  }
}

function readDownload(value: unknown): QueuedDownload | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const item = value as Partial<Record<keyof QueuedDownload, unknown>>;
  const { id, repoId, revision, state, addedAt } = item;
  if (typeof id !== "string" || !/^[0-9a-f]{12}$/.test(id)) return undefined;
  if (typeof repoId !== "string" || typeof revision !== "string") return undefined;
  const states = ["waiting", "running", "paused", "done", "failed"] as const;
  const known = states.find((one) => one === state);
  if (known === undefined) return undefined;
  const bytes = item.bytes as QueuedDownload["bytes"] | undefined;
  const counted =
    typeof bytes?.total === "number" && typeof bytes.here === "number"
      ? { total: bytes.total, here: bytes.here, wire: 0 }
      : null;
  const error = item.error as Failure | null | undefined;
  return {
    id,
    repoId,
    revision,
    state: known === "running" ? "waiting" : known,
    addedAt: typeof addedAt === "number" ? addedAt : 0,
    finishedAt: typeof item.finishedAt === "number" ? item.finishedAt : null,
    commit: typeof item.commit === "string" ? item.commit : null,
    fresh: item.fresh === true,
    bytes: counted,
    files: null,
    bytesPerSecond: 0,
    etaMs: null,
    active: [],
    speeds: [],
    note: null,
    error:
      typeof error?.code === "string"
        ? { code: error.code, message: error.message, hint: error.hint }
        : null,
  };
}
