import type { EventError } from "@mlx-download/core";
import type { EngineEvent, LoadEventBody } from "../contract/events.ts";

/** A load, as its events speak of it. */
export interface ToldLoad {
  /** The engine's name. */
  readonly engine: string;
  readonly repoId: string;
  readonly commit: string | null;
  readonly path: string;
}

/** Runs a load and tells its beginning, and its end or why it failed. Throws what the load throws. */
export async function tellLoad<T>(
  { engine, repoId, commit, path }: ToldLoad,
  emit: (event: EngineEvent) => void,
  load: () => Promise<T>,
): Promise<T> {
  const tell = (body: LoadEventBody): void => emit({ ...body, at: Date.now(), repoId });
  const startedAt = performance.now();
  tell({ type: "loading", engine, commit, path });
  try {
    const loaded = await load();
    const durationMs = Math.round(performance.now() - startedAt);
    tell({ type: "loaded", engine, commit, path, durationMs });
    return loaded;
  } catch (error) {
    tell({ type: "load-failed", engine, error: eventError(error) });
    throw error;
  }
}

/** What an event says of an error that may be anybody's. */
function eventError(error: unknown): EventError {
  const { code, message, hint } = error as Partial<Record<keyof EventError, unknown>>;
  return {
    code: typeof code === "string" ? code : "unexpected",
    message: typeof message === "string" ? message : String(error),
    hint: typeof hint === "string" ? hint : "",
  };
}
