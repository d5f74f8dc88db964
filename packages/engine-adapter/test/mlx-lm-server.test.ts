import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeSafetensors } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type MlxLmServer,
  type ServedModel,
  startMlxLmServer,
} from "../src/drivers/mlx-lm-server.ts";
import { ensureModel, loadModel } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { damages, healDamage } from "./heals.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

// The real server, on the CPU: one process for all, since Python takes seconds to start.

const python = pythonEnv("mlx");
const [BIG, BIG_BYTES] = ["extra.safetensors", 3_000_000] as const;

/** What it says: its words mean nothing, and now and then the first one is its end. */
async function firstWords(model: ServedModel): Promise<string> {
  for (let seed = 1; seed <= 8; seed += 1) {
    const options = { maxTokens: 16, request: { temperature: 1, seed } };
    let words = "";
    for await (const piece of model.chat([{ role: "user", content: "hi" }], options))
      words += piece;
    if (words !== "") return words;
  }
  return "";
}

describe.skipIf(!python)("mlx_lm.server", () => {
  let server: MlxLmServer;
  beforeAll(async () => {
    server = await startMlxLmServer({
      command: [join(python?.bin ?? "", "mlx_lm.server")],
      env: { PATH: process.env["PATH"], HOME: "/nonexistent", MLX_DISABLE_COMPILE: "1" },
    });
  });
  afterAll(() => server?.close());

  testEngine<ServedModel>(test, {
    engine: async () => server,
    stage: engineStage,
    generate: firstWords,
  });

  test("two programs at once download a model once and both get an answer from it", async () => {
    const { hub, cacheDir, options } = await startStage();
    // Files below 1 MB are not worth a lock; this one stands for the weights of a real model.
    await hub.addRepo(TINY, { ...tinyModelFiles(), [BIG]: { size: BIG_BYTES, seed: 4 } });
    const script = join(import.meta.dirname, "chat-child.ts");
    const args = ["--conditions=@mlx-download/source", script, hub.url, cacheDir, TINY, server.url];
    const [one, two] = await Promise.all([
      run(process.execPath, args),
      run(process.execPath, args),
    ]);
    expect([one.code, two.code], one.stderr + two.stderr).toEqual([0, 0]);
    expect([one.stdout, two.stdout]).toEqual(["said something", "said something"]);
    const sent = hub.log.of({ target: "cdn", path: BIG });
    expect(sent.reduce((sum, entry) => sum + entry.bytesSent, 0)).toBe(BIG_BYTES);
    expect((await loadModel(server, TINY, { ...options, offline: true })).repoId).toBe(TINY);
  });

  test("adapter and draft model are fetched, named in requests, and used", async () => {
    const { hub, options } = await startStage();
    await hub.addRepo("acme/draft", tinyModelFiles({ seed: 3 }));
    await hub.addRepo("acme/lora", adapterFiles());
    const model = await loadModel(server, TINY, {
      ...options,
      adapter: "acme/lora",
      draft: "acme/draft",
    });
    expect(model.fields["adapters"]).toContain("models--acme--lora");
    expect(model.fields["draft_model"]).toContain("models--acme--draft");
    expect(await firstWords(model)).not.toBe("");
    await hub.addRepo("acme/peft", {
      "adapter_config.json": "{}",
      "adapter_model.safetensors": "",
    });
    const peft = await failureOf(loadModel(server, TINY, { ...options, adapter: "acme/peft" }));
    expect(peft).toMatchObject({ code: "engine/invalid-input" });
  });

  test.each(damages)(
    "a damaged model is noticed by it, fetched again, and loaded: $file at $at",
    async (damage) => {
      expect(await firstWords(await healDamage(server, damage))).not.toBe("");
    },
  );

  test("a draft model that is damaged is fetched again as well", async () => {
    const { hub, options, events } = await startStage();
    await hub.addRepo("acme/draft", tinyModelFiles({ seed: 3 }));
    const { path } = await ensureModel("acme/draft", options);
    await writeFile(
      join(path, "config.json"),
      "{".padEnd((await stat(join(path, "config.json"))).size),
    );
    const model = await loadModel(server, TINY, { ...options, draft: "acme/draft" });
    expect(await firstWords(model)).not.toBe("");
    const mended = events.filter(
      (event) => "code" in event && event.code === "engine/proving-again",
    );
    expect(mended.length).toBeGreaterThan(0);
    expect(JSON.parse(await readFile(join(path, "config.json"), "utf8"))).toHaveProperty(
      "model_type",
    );
  });

  test("a chat can be left, and the server serves the next one", async () => {
    const { options } = await startStage();
    const model = await loadModel(server, TINY, options);
    const controller = new AbortController();
    const chat = model.chat([{ role: "user", content: "hi" }], { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(chat[Symbol.asyncIterator]().next()).rejects.toThrow("enough");
    expect(await firstWords(model)).not.toBe("");
  });
});

test("a server that cannot be started says why, and what to do", async () => {
  const none = await failureOf(startMlxLmServer({ command: ["/nonexistent/mlx_lm.server"] }));
  expect(none).toMatchObject({
    code: "engine/start-failed",
    hint: expect.stringMatching(/install/i),
  });
  const script = join(await tempDir(), "server.mjs");
  await mkdir(join(script, ".."), { recursive: true });
  await writeFile(script, `console.error("no module named mlx"); process.exitCode = 3`);
  const broken = await failureOf(startMlxLmServer({ command: [process.execPath, script] }));
  expect(broken.message).toMatch(/ended with 3.*no module named mlx/);
  await writeFile(script, `setInterval(() => {}, 1000)`);
  const silent = startMlxLmServer({ command: [process.execPath, script], startTimeoutMs: 300 });
  expect((await failureOf(silent)).message).toContain("did not answer within 300 ms");
});

/** A LoRA adapter of rank 4 for one projection of the tiny model's last layer. */
function adapterFiles(): Record<string, string | Uint8Array> {
  const zeros = (shape: readonly [number, number]) => ({
    dtype: "F32" as const,
    shape,
    data: new Uint8Array(shape[0] * shape[1] * 4),
  });
  return {
    "adapter_config.json": JSON.stringify({
      fine_tune_type: "lora",
      num_layers: 1,
      lora_parameters: { rank: 4, scale: 10, dropout: 0, keys: ["self_attn.q_proj"] },
    }),
    "adapters.safetensors": writeSafetensors({
      "model.layers.1.self_attn.q_proj.lora_a": zeros([64, 4]),
      "model.layers.1.self_attn.q_proj.lora_b": zeros([4, 64]),
    }),
  };
}
