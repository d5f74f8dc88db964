import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { beforeEach, describe, expect, test } from "vitest";
import { lmStudio, type LmStudioModel } from "../src/drivers/lm-studio.ts";
import { ensureModel, loadModel, unloadModel } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

interface Instance {
  readonly files: readonly string[];
  unload(): Promise<void>;
}

/** A client by the shape of the SDK's: it loads by key what lies in its folder as plain files. */
function clientOf(modelsDir: string) {
  const loaded = new Set<string>();
  return {
    loaded,
    llm: {
      async load(key: string, { signal }: { signal: AbortSignal }): Promise<Instance> {
        const entries = await readdir(join(modelsDir, key), { withFileTypes: true });
        signal.throwIfAborted();
        const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
        if (!files.includes("config.json")) throw new Error(`no model ${key}`);
        loaded.add(key);
        return { files, unload: async () => void loaded.delete(key) };
      },
    },
  };
}

describe("the driver of LM Studio", () => {
  // The cases start engine and stage side by side: both need the folder.
  let made: Promise<string> | undefined;
  beforeEach(() => {
    made = tempDir();
  });
  testEngine<LmStudioModel<Instance>>(test, {
    async engine() {
      const modelsDir = (await made) ?? "";
      return lmStudio({ modelsDir, client: clientOf(modelsDir) });
    },
    async stage() {
      const stage = await engineStage();
      const folder = join((await made) ?? "", "acme", "own");
      await writeTinyModel(folder);
      return { ...stage, folder };
    },
    generate: async ({ instance }) => instance?.files.join(" ") ?? "",
  });
});

test("LM Studio gets plain files under owner and name, and its key", async () => {
  const { options, hub } = await startStage();
  const modelsDir = await tempDir();
  const client = clientOf(modelsDir);
  const engine = lmStudio({ modelsDir, client });
  const model = await loadModel(engine, TINY, options);
  expect(model).toMatchObject({ modelKey: TINY, path: join(modelsDir, "acme", "tiny") });
  for (const [name, content] of Object.entries(tinyModelFiles())) {
    expect((await lstat(join(model.path, name))).isFile(), name).toBe(true);
    expect((await readFile(join(model.path, name))).equals(Buffer.from(content)), name).toBe(true);
  }
  expect(client.loaded).toEqual(new Set([TINY]));
  await unloadModel(engine, model);
  expect(client.loaded.size).toBe(0);

  // Another commit renews the view; the same one leaves it as it is.
  const before = (await lstat(model.path)).ino;
  await loadModel(engine, TINY, options);
  expect((await lstat(model.path)).ino).toBe(before);
  await hub.addRepo(TINY, { ...tinyModelFiles(), "new.txt": "new" });
  await loadModel(engine, TINY, options);
  expect(await readdir(model.path)).toContain("new.txt");
});

test("without a client the files are put in place, and a folder elsewhere is refused", async () => {
  const { options } = await startStage();
  const modelsDir = await tempDir();
  const engine = lmStudio({ modelsDir });
  expect(await loadModel(engine, TINY, options)).toMatchObject({ instance: undefined });
  // A snapshot's folder is as good as its ref; any other must lie among LM Studio's models.
  const { path } = await ensureModel(TINY, options);
  expect(await loadModel(engine, path, options)).toMatchObject({ modelKey: TINY });
  const elsewhere = join(await tempDir(), "own");
  await writeTinyModel(elsewhere);
  const error = await failureOf(loadModel(engine, elsewhere, options));
  expect(error).toMatchObject({ code: "engine/invalid-input" });
});
