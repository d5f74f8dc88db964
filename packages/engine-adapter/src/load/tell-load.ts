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

/** Runs a load and reports its start, and its end or its failure. Throws the load's errors. */
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

/** The event's description of an error of any origin. */
function eventError(error: unknown): EventError {
  const { code, message, hint } = error as Partial<Record<keyof EventError, unknown>>;
  return {
    code: typeof code === "string" ? code : "unexpected",
    message: typeof message === "string" ? message : String(error),
    hint: typeof hint === "string" ? hint : "",
  };
}
