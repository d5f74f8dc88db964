import type {
  ActiveFile,
  DownloadEvent,
  DownloadEventBody,
  ProgressState,
} from "@mlx-download/core";

/** The repo that the recorded downloads speak of. */
export const repoId = "mlx-community/Qwen3-8B-4bit";

const commit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";
const digest = `sha256:${"ab".repeat(32)}`;
const start = 1_760_000_000_000;

/** An event `ms` after the start of the recording. */
export function eventAt(ms: number, body: DownloadEventBody): DownloadEvent {
  return { ...body, at: start + ms, repoId };
}

/** The clock of the recording, Unix ms. */
export function clockAt(ms: number): number {
  return start + ms;
}

/** The total that the recorded plan is about: 9 files, 1.21 GB of 4.62 GB here, 500 MB from the last attempt. */
export const plan = {
  total: 4_620_000_000,
  cached: 1_210_000_000,
  resumable: 500_000_000,
  copyable: 0,
  toFetch: 2_910_000_000,
  expectedWire: 2_910_000_000,
  diskFree: 71_400_000_000,
};

/** One moving file. */
export function activeFile(file: Partial<ActiveFile> & { path: string; size: number }): ActiveFile {
  const received = file.received ?? 0;
  return { received, resumed: 0, verified: received, connections: 2, ...file };
}

/** A progress event's state; the sums follow the plan. */
export function progressState(
  fetched: number,
  active: readonly ActiveFile[],
  more: Partial<ProgressState> = {},
): ProgressState {
  const bytes = {
    total: plan.total,
    cached: plan.cached,
    resumed: plan.resumable,
    copied: 0,
    fetched,
    wire: fetched,
    verified: fetched,
  };
  return {
    bytes,
    files: { total: 9, done: 7 },
    bytesPerSecond: 10_900_000,
    etaMs: 124_000,
    connections: 8,
    active,
    ...more,
  };
}

/** The first events: resolved at 400 ms, planned at 600 ms. */
export const opening: readonly DownloadEvent[] = [
  eventAt(0, { type: "resolving", revision: "main" }),
  eventAt(400, { type: "resolved", revision: "main", commit, from: "hub" }),
  eventAt(600, { type: "planned", commit, files: 9, bytes: plan }),
];

/** Both shards in the middle of their way, the first one resumed. */
export const shards: readonly ActiveFile[] = [
  activeFile({
    path: "model-00001-of-00002.safetensors",
    size: 1_280_000_000,
    received: 912_000_000,
    resumed: 500_000_000,
  }),
  activeFile({
    path: "model-00002-of-00002.safetensors",
    size: 2_130_000_000,
    received: 255_600_000,
  }),
];

/** The event of the good end. */
export const finished: DownloadEvent = eventAt(314_000, {
  type: "result",
  result: {
    repoId,
    revision: "main",
    commit,
    path: `/Users/me/.cache/huggingface/hub/models--mlx-community--Qwen3-8B-4bit/snapshots/${commit}`,
    fromCache: false,
    durationMs: 314_000,
    bytes: {
      total: 4_620_000_000,
      cached: 1_210_000_000,
      resumed: 500_000_000,
      copied: 0,
      fetched: 2_910_000_000,
      wire: 2_910_000_000,
      saved: 0,
    },
    sources: [],
    leftOut: { files: 0, bytes: 0 },
    files: [
      { path: "config.json", size: 937, digest, status: "fetched" },
      { path: "model-00001-of-00002.safetensors", size: 1_280_000_000, digest, status: "resumed" },
      { path: "model-00002-of-00002.safetensors", size: 2_130_000_000, digest, status: "fetched" },
      { path: "tokenizer.json", size: 1_210_000_000, digest, status: "cached" },
    ],
  },
});
