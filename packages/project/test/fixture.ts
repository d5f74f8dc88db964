import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { onTestFinished } from "vitest";
import { RegistryError } from "@mlx-download/registry";
import { ModelDownloadError } from "@mlx-download/core";
import { addModels } from "../src/models/add-models.ts";

/** The files of a model with weights of 300 kB. */
export const model = (seed: number): Record<string, string | { size: number; seed: number }> => ({
  "config.json": `{"model_type":"llama","quantization":{"bits":4,"group_size":64},"seed":${seed}}`,
  "README.md": "---\nlicense: mit\n---\n",
  "tokenizer/tokenizer.json": "{}",
  "model.safetensors": { size: 300_000, seed },
});

/** A Hub, an empty cache and an empty project. */
export interface Place {
  readonly hub: TestHub;
  readonly folder: string;
  readonly cacheDir: string;
  /** Options that use them and nothing of this machine. */
  readonly options: {
    readonly endpoint: string;
    readonly cacheDir: string;
    readonly token: false;
    readonly env: NodeJS.ProcessEnv;
  };
}

/** Starts a {@link Place} that ends with the test, with two models on its Hub. */
export async function startPlace(): Promise<Place> {
  const hub = await startTestHub();
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/chat", model(1));
  await hub.addRepo("acme/embed", model(2));
  return placeAt(hub, await tempDir());
}

/** Another machine: an empty cache and state, beside the same project. */
export async function placeAt(hub: TestHub, folder: string): Promise<Place> {
  const home = await tempDir();
  const cacheDir = join(home, "hub");
  const env = { HOME: home };
  return { hub, folder, cacheDir, options: { endpoint: hub.url, cacheDir, token: false, env } };
}

/** A place whose project has both models. */
export async function startLocked(): Promise<Place> {
  const place = await startPlace();
  await addModels(
    place.folder,
    [{ alias: "chat", ref: "acme/chat" }, { ref: "acme/embed" }],
    place.options,
  );
  place.hub.log.clear();
  return place;
}

/** The text of a file of the project. */
export const textOf = (folder: string, name = "mlx-models.lock"): Promise<string> =>
  readFile(join(folder, name), "utf8");

/** Every file below a snapshot with its content. */
export async function contentOf(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const read = files.map(async (entry): Promise<[string, string]> => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(path.length + 1), (await readFile(file)).toString("base64")];
  });
  return Object.fromEntries((await Promise.all(read)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The code of the error that a promise rejects with. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: unknown) =>
      error instanceof RegistryError || error instanceof ModelDownloadError
        ? error.code
        : String(error),
  );
