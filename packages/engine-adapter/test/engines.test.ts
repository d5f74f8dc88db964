// The real servers, on the CPU: each whose virtual environment lies below MLX_DOWNLOAD_ENGINES, on demand.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeRepo } from "@mlx-download/cache";
import { afterEach, describe, expect, test } from "vitest";
import { mlxLmServer } from "../src/drivers/mlx-lm-server.ts";
import { mlxOmniServer } from "../src/drivers/mlx-omni-server.ts";
import { openAiServer, openAiServerPerModel, type ServedModel } from "../src/drivers/openai.ts";
import { startServerProcess } from "../src/drivers/server-process.ts";
import { type Engine, loadModel, unloadModel } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { damages, healDamage } from "./heals.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

const root = process.env["MLX_DOWNLOAD_ENGINES"] ?? "";
const env = { ...process.env, MLX_DISABLE_COMPILE: "1", HF_HUB_OFFLINE: "1" };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Tried {
  /** Its program, below the environment's `bin`. */
  readonly program: string;
  readonly engine: (program: string) => Promise<Engine<ServedModel>>;
}

/** A server that is started once a case and loads what requests name. */
const running =
  (
    make: (url: string) => Engine<ServedModel>,
    args: readonly string[] = [],
    more: NodeJS.ProcessEnv = {},
  ): Tried["engine"] =>
  async (program) => {
    const server = await startServerProcess({
      engine: program,
      commandFor: (port) => [program, ...args, "--host", "127.0.0.1", "--port", String(port)],
      env: { ...env, ...more },
      healthPath: "/v1/models",
      startTimeoutMs: 300_000,
    });
    closing.push(server.close);
    return make(server.url);
  };

/** A server that loads by repo id from the cache that it reads: the one of the first model it is to load. */
function inTheCache(make: (url: string) => Engine<ServedModel>): Tried["engine"] {
  return async (program) => {
    let started: Promise<Engine<ServedModel>> | undefined;
    return {
      ...make("http://127.0.0.1"),
      async load(model, context) {
        const cache = dirname(dirname(dirname(model.path)));
        started ??= running(make, [], { HF_HUB_CACHE: cache })(program);
        return (await started).load(model, context);
      },
    };
  };
}

/** A server that is started for each model. */
const perModel =
  (args: (path: string) => readonly string[], name: string): Tried["engine"] =>
  async (program) => {
    const engine = openAiServerPerModel({
      name,
      command: ({ model, port }) => [
        program,
        ...args(model.path),
        "--host",
        "127.0.0.1",
        "--port",
        String(port),
      ],
      env,
    });
    closing.push(engine.close);
    return engine;
  };

const engines: Readonly<Record<string, Tried>> = {
  "mlx-lm": { program: "mlx_lm.server", engine: running(mlxLmServer) },
  "mlx-omni-server": { program: "mlx-omni-server", engine: inTheCache(mlxOmniServer) },
  "mlx-vlm": {
    program: "python",
    engine: running((url) => openAiServer(url, { name: "mlx-vlm" }), ["-m", "mlx_vlm.server"]),
  },
  "vllm-mlx": {
    program: "vllm-mlx",
    engine: perModel((path) => ["serve", path], "vllm-mlx"),
  },
  "mlx-openai-server": {
    program: "mlx-openai-server",
    engine: perModel(
      (path) => ["launch", "--model-path", path, "--model-type", "lm", "--no-log-file"],
      "mlx-openai-server",
    ),
  },
};

async function say(model: ServedModel): Promise<string> {
  for (let seed = 1; seed <= 8; seed += 1) {
    let text = "";
    const options = { maxTokens: 16, request: { temperature: 1, seed } };
    for await (const piece of model.chat([{ role: "user", content: "hi" }], options)) text += piece;
    if (text !== "") return text;
  }
  return "";
}

for (const [name, { program, engine }] of Object.entries(engines)) {
  const path = join(root, name, "bin", program);
  const there = root !== "" && existsSync(path);
  if (!there)
    process.stderr.write(`skipped: ${name} (no ${root === "" ? "MLX_DOWNLOAD_ENGINES" : path})\n`);
  describe.skipIf(!there)(`the real ${name}`, { timeout: 600_000 }, () => {
    testEngine<ServedModel>(test, {
      engine: () => engine(path),
      stage: engineStage,
      generate: say,
    });

    test("what it has loaded is held, and a chat can be left", async () => {
      const { options, cacheDir } = await startStage();
      const driver = await engine(path);
      const model = await loadModel(driver, TINY, options);
      expect((await failureOf(removeRepo(cacheDir, TINY))).code).toBe("cache/locked");
      const controller = new AbortController();
      const chat = { signal: controller.signal, maxTokens: 2000 };
      const leave = async (): Promise<void> => {
        for await (const _ of model.chat([{ role: "user", content: "hi" }], chat)) {
          controller.abort(new Error("enough"));
        }
        // Its first word may have been its last.
        controller.signal.throwIfAborted();
        throw new Error("enough");
      };
      await expect(leave()).rejects.toThrow("enough");
      await unloadModel(driver, model);
      await removeRepo(cacheDir, TINY);
    });

    test("a damaged model is noticed by it, fetched again, and loaded", async () => {
      expect(await say(await healDamage(await engine(path), damages[0]))).not.toBe("");
    });

    test("a server that ends while it answers is an error", async () => {
      const { options } = await startStage();
      const model = await loadModel(await engine(path), TINY, options);
      const chats = async (): Promise<void> => {
        for (let seed = 1; seed <= 8; seed += 1) {
          const chat = { maxTokens: 2000, request: { temperature: 1, seed } };
          // A model whose first word is its end has not answered.
          for await (const _ of model.chat([{ role: "user", content: "hi" }], chat))
            for (const close of closing.splice(0)) await close();
        }
      };
      expect((await failureOf(chats())).code).toBe("engine/not-answering");
    });
  });
}
