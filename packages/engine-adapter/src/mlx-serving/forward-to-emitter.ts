import { guardListener } from "@mlx-download/cache/writing";
import type { EngineEvent, OnEngineEvent } from "../contract/events.ts";

interface Emitter {
  emit(event: string, payload: object): boolean;
}

/**
 * A listener that also emits on an engine's own emitter, in its style (`modelId`, `timestamp`):
 * `model:download:progress`, `model:download:completed` (when bytes had to be fetched) and `model:download:failed`.
 * Never `error`. The engine does not declare these events, but `on` accepts them.
 */
export function forwardToEmitter(
  engine: object,
  onEvent: OnEngineEvent | undefined,
): OnEngineEvent | undefined {
  if (!hasEmitter(engine)) return onEvent;
  const emit = guardListener((event: EngineEvent) => {
    const [name, payload] = translate(event) ?? [];
    if (name !== undefined) {
      engine.emit(name, { modelId: event.repoId, timestamp: event.at, ...payload });
    }
  });
  return (event) => {
    emit(event);
    onEvent?.(event);
  };
}

function translate(event: EngineEvent): readonly [string, object] | undefined {
  switch (event.type) {
    case "progress": {
      const { bytes, bytesPerSecond, etaMs } = event;
      const here = bytes.cached + bytes.resumed + bytes.copied + bytes.fetched;
      return [
        "model:download:progress",
        { bytes: here, totalBytes: bytes.total, bytesPerSecond, etaMs },
      ];
    }
    case "result": {
      const { commit, path, fromCache, bytes } = event.result;
      if (fromCache) return undefined;
      return ["model:download:completed", { commit, path, totalBytes: bytes.total }];
    }
    case "error":
      return ["model:download:failed", { error: event.error }];
    default:
      return undefined;
  }
}

function hasEmitter(engine: object): engine is Emitter {
  return "emit" in engine && typeof engine.emit === "function";
}
