import { letModelsGo } from "./model-holds.ts";

interface Listenable {
  on(event: string, listener: (payload: { readonly modelId?: unknown }) => void): unknown;
}

const watched = new WeakSet<object>();

/**
 * Releases the files of a model when an engine reports that it no longer has it: after its own `unloadModel`, or when
 * its runtime was restarted. For engines with events. Others are asked at the next load.
 */
export function releaseWhenUnloaded(engine: object): void {
  if (watched.has(engine) || !isListenable(engine)) return;
  watched.add(engine);
  for (const event of ["model:unloaded", "model:invalidated"]) {
    engine.on(event, (payload) => {
      void letModelsGo(engine, (held) => held === payload.modelId);
    });
  }
}

function isListenable(engine: object): engine is Listenable {
  return "on" in engine && typeof engine.on === "function";
}
