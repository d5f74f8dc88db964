import type { DownloadEvent, EventError } from "@mlx-download/core";

/** The adapter's events beside the download's own. Times in ms. */
export type LoadEventBody =
  | {
      readonly type: "loading";
      /** The engine's name. */
      readonly engine: string;
      readonly commit: string | null;
      readonly path: string;
    }
  | {
      readonly type: "loaded";
      readonly engine: string;
      readonly commit: string | null;
      readonly path: string;
      readonly durationMs: number;
    }
  | { readonly type: "load-failed"; readonly engine: string; readonly error: EventError };

/** One event of the adapter: a download's, or one of loading. `repoId` is the engine's id for a local folder. */
export type EngineEvent =
  | DownloadEvent
  | (LoadEventBody & { readonly at: number; readonly repoId: string });

/** Listener for events. Its errors are ignored. */
export type OnEngineEvent = (event: EngineEvent) => void;
