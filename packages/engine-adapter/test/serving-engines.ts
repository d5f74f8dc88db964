import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type { EngineLoadOptions, LoadableEngine } from "../src/index.ts";
import { createEngine, runtimeScript } from "../src/testing/index.ts";

/** What the suite uses of an engine beside what the adapter needs. */
export interface ServingEngine extends LoadableEngine {
  load_model(options: EngineLoadOptions | string): Promise<{ descriptor: { id: string } }>;
  generate(params: { model: string; prompt: string }): Promise<string>;
  on(event: string, listener: (payload: object) => void): unknown;
  unloadModel(id: string): Promise<void>;
  shutdown(): Promise<void>;
}

/** The runtime behind the engines: the stand-in, or the one that `MLX_SERVING_RUNTIME` names. */
const runtimePath = process.env["MLX_SERVING_RUNTIME"] ?? runtimeScript;
const pythonPath = process.env["MLX_SERVING_PYTHON"] ?? process.execPath;

/**
 * Whether the runtime is the stand-in: it keeps a load waiting on a file named `hold`, and knows no more of vision models
 * than their folder. No other runtime does, so what needs that is asked of the stand-in alone.
 */
export const onStandIn: boolean = runtimePath === runtimeScript;

/** Where engines come from: the double, and the real package where `MLX_SERVING_DIST` names its built entry. */
export const servingEngines: readonly (readonly [
  string,
  (() => Promise<ServingEngine>) | undefined,
])[] = [
  ["the engine double", () => ended(createEngine({ pythonPath, runtimePath }))],
  ["the real engine", realEngine()],
];

function realEngine(): (() => Promise<ServingEngine>) | undefined {
  const dist = process.env["MLX_SERVING_DIST"];
  if (!dist) {
    process.stderr.write(
      "skipped: the contract test of the real mlx-serving engine (MLX_SERVING_DIST does not name its dist/index.js)\n",
    );
    return undefined;
  }
  return async () => {
    const real = (await import(pathToFileURL(dist).href)) as {
      createEngine(options: object): Promise<ServingEngine>;
    };
    return ended(real.createEngine({ pythonPath, runtimePath, cache: { enabled: false } }));
  };
}

async function ended<E extends { shutdown(): Promise<void> }>(starting: Promise<E>): Promise<E> {
  const engine = await starting;
  onTestFinished(() => engine.shutdown());
  return engine;
}
