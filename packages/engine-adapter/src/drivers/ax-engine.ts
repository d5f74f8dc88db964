import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Engine, EngineModel } from "../contract/engine.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import { postJson, readText } from "./post-json.ts";
import { type ServedModel, serveModel, type ServerKind, serverBase } from "./served-engine.ts";

export type { ChatMessage, ChatOptions, ServedModel } from "./served-engine.ts";

/** Options of `axEngine`. */
export interface AxEngineOptions {
  /**
   * `replace`: a load drops the default model, as the server does by itself. `add`: models stay beside each other,
   * which the server allows for a short list of models only. Default `replace`.
   */
  readonly loadMode?: "replace" | "add" | undefined;
  /** Program and first arguments that write `model-manifest.json` into a folder. Default `ax-engine-bench generate-manifest`. */
  readonly manifestCommand?: readonly string[] | undefined;
}

// docs/SERVER.md of defai-digital/ax-engine 7.1, "Load and unload".
const MANIFEST = "model-manifest.json";
const MAX_ANSWER_BYTES = 64 * 1024;
const run = promisify(execFile);

/**
 * The driver of an AX Engine server that runs already (`ax-engine serve`, http://127.0.0.1:31418). Models are loaded by
 * their folder and known by their repo id. It reads folders with a `model-manifest.json`. AX Engine's own program
 * writes a missing one. It was tried on a double that follows the server's documentation, not on the server.
 */
export function axEngine(url: string, options: AxEngineOptions = {}): Engine<ServedModel> {
  const { loadMode = "replace", manifestCommand = ["ax-engine-bench", "generate-manifest"] } =
    options;
  const kind: ServerKind = {
    name: "AX Engine",
    supports: { adapters: false, drafts: false },
    modelName: ({ repoId }) => repoId,
  };
  const engine = kind.name;
  const base = serverBase(engine, url);
  const ask = async (path: string, body: object, signal: AbortSignal): Promise<string> => {
    const response = await postJson(new URL(path, base), { engine, signal, body });
    return await readText(response, MAX_ANSWER_BYTES);
  };
  return {
    name: engine,
    ...(loadMode === "replace" && { holdsOne: true }),
    supports: kind.supports,
    async load(model, { signal, engineOptions }) {
      await writeManifest(model, manifestCommand, signal);
      const served = serveModel(kind, base, model);
      const body = {
        load_mode: loadMode,
        ...engineOptions,
        model_id: served.model,
        model_path: model.path,
      };
      await ask("v1/model/load", body, signal);
      return served;
    },
    async unload({ model }) {
      const signal = new AbortController().signal;
      await ask("v1/model/unload", { model_id: model }, signal).catch((error: unknown) => {
        // The last model stays until another replaces it, and a replaced one is gone already.
        if (!isRefusedFor(error, /last_model|model_not_found/)) throw error;
      });
    },
  };
}

async function writeManifest(
  { path, repoId }: EngineModel,
  command: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const isThere = await stat(join(path, MANIFEST)).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isThere) return;
  const [program = "", ...args] = command;
  try {
    await run(program, [...args, path], { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new EngineAdapterError(
      `${repoId} has no ${MANIFEST}, which AX Engine needs, and ${program} did not write one`,
      "engine/start-failed",
      {
        hint: `Run ${command.join(" ")} ${path} where AX Engine is installed, or name its program as manifestCommand.`,
        data: { path, command: [...command] },
        cause,
      },
    );
  }
}

function isRefusedFor(error: unknown, reason: RegExp): boolean {
  return (
    error instanceof EngineAdapterError &&
    error.code === "engine/refused" &&
    reason.test(String(error.data["said"]))
  );
}
