import { driverFor } from "./driver-for.ts";
import type { Engine } from "../contract/engine.ts";
import type { EngineModelHandle, LoadableEngine } from "../mlx-serving/engine-types.ts";
import { letHandleGo } from "./model-holds.ts";

/** Frees a model that `loadModel` gave, and lets its files be removed again. Errors of the engine come through. */
export async function unloadModel<Handle extends EngineModelHandle>(
  engine: LoadableEngine<Handle>,
  handle: Handle,
): Promise<void>;
export async function unloadModel<Handle>(engine: Engine<Handle>, handle: Handle): Promise<void>;
export async function unloadModel(
  target: Engine<unknown> | LoadableEngine,
  handle: unknown,
): Promise<void> {
  await driverFor(target).unload(handle);
  await letHandleGo(target, handle);
}
