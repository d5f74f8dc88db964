import type { ActiveFile, DownloadEventBody } from "../contract/events.ts";
import { createSpeedMeter } from "./speed.ts";

/** The figures of one file, kept by the code that moves it. */
export interface FileProgress {
  received: number;
  /** From elsewhere on this disk. */
  copied: number;
  verified: number;
  connections: number;
  readonly resumed: number;
}

/** Counts of a running transfer, told to listeners at most ten times a second. */
export interface ProgressTracker {
  /** Body bytes came in, wanted or not. */
  wire(bytes: number): void;
  /** A file starts to move. The caller updates the returned record. */
  start(file: {
    readonly path: string;
    readonly size: number;
    readonly resumed: number;
  }): FileProgress;
  /** A file is done: its bytes count as what `outcome` says. */
  done(
    path: string,
    outcome: {
      readonly resumed: number;
      readonly copied: number;
      readonly fetched: number;
      readonly cached: number;
    },
  ): void;
  /** The file will start over or was given up. */
  drop(path: string): void;
  readonly totals: {
    cached: number;
    resumed: number;
    copied: number;
    fetched: number;
    wire: number;
  };
  /** Sends the last state and stops. */
  stop(): void;
}

const INTERVAL_MS = 100;

/** Starts telling `emit` about a transfer of `files` files and `total` bytes, `cached` of which are here. */
export function createProgressTracker(
  plan: {
    readonly total: number;
    readonly cached: number;
    readonly files: number;
    readonly filesDone: number;
  },
  emit: (event: DownloadEventBody) => void,
): ProgressTracker {
  const active = new Map<string, FileProgress & { readonly path: string; readonly size: number }>();
  const totals = { cached: plan.cached, resumed: 0, copied: 0, fetched: 0, wire: 0 };
  const meter = createSpeedMeter(performance.now());
  let filesDone = plan.filesDone;
  let verified = plan.cached;

  const tell = (): void => {
    const now = performance.now();
    const bytes = { total: plan.total, ...totals, verified };
    const files: ActiveFile[] = [];
    for (const file of active.values()) {
      bytes.resumed += file.resumed;
      bytes.copied += file.copied;
      bytes.fetched += Math.max(0, file.received - file.resumed);
      bytes.verified += file.verified;
      const { copied, ...seen } = file;
      files.push({ ...seen, received: file.received + copied });
    }
    meter.sample(bytes.fetched, now);
    const here = bytes.cached + bytes.resumed + bytes.copied + bytes.fetched;
    emit({
      type: "progress",
      bytes,
      files: { total: plan.files, done: filesDone },
      bytesPerSecond: meter.bytesPerSecond(now),
      etaMs: meter.etaMs(plan.total - here, now),
      connections: files.reduce((sum, file) => sum + file.connections, 0),
      active: files,
    });
  };
  const timer = setInterval(tell, INTERVAL_MS);
  timer.unref();

  return {
    totals,
    wire(bytes) {
      totals.wire += bytes;
    },
    start(file) {
      const record = { ...file, received: file.resumed, copied: 0, verified: 0, connections: 0 };
      active.set(file.path, record);
      return record;
    },
    done(path, outcome) {
      active.delete(path);
      totals.cached += outcome.cached;
      totals.resumed += outcome.resumed;
      totals.copied += outcome.copied;
      totals.fetched += outcome.fetched;
      verified += outcome.cached + outcome.resumed + outcome.copied + outcome.fetched;
      filesDone += 1;
    },
    drop: (path) => void active.delete(path),
    stop() {
      clearInterval(timer);
      tell();
    },
  };
}
