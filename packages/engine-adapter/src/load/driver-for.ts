import type { Engine } from "../contract/engine.ts";
import type { LoadableEngine } from "../mlx-serving/engine-types.ts";
import { mlxServingEngine } from "../mlx-serving/mlx-serving-engine.ts";

const drivers = new WeakMap<LoadableEngine, Engine<unknown>>();

/** The driver itself, or the one of a running mlx-serving engine, the same each time. */
export function driverFor(target: Engine<unknown> | LoadableEngine): Engine<unknown> {
  if ("load" in target) return target;
  const known = drivers.get(target) ?? mlxServingEngine(target);
  drivers.set(target, known);
  return known;
}
