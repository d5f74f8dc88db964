import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  FitError,
  type ModelFiles,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from "../src/index.ts";

/** What is known of a folder before its weights are: names, sizes, small texts, headers. */
export async function readFolder(path: string): Promise<ModelFiles> {
  const names = await readdir(path, { recursive: true });
  const text = async (name: string): Promise<string | undefined> =>
    names.includes(name) ? readFile(join(path, name), "utf8") : undefined;
  const headers = new Map<string, SafetensorsHeader>();
  const badHeaders = new Map<string, string>();
  for (const name of names.filter((file) => file.endsWith(".safetensors"))) {
    const bytes = await readFile(join(path, name));
    try {
      headers.set(name, parseSafetensorsHeader(bytes, { fileBytes: bytes.byteLength }));
    } catch (error) {
      if (!(error instanceof FitError)) throw error;
      badHeaders.set(name, error.message);
    }
  }
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size));
  const ends = ["tokenizer.json", "special_tokens_map.json"].map(
    async (name) => [name, await text(name)] as const,
  );
  return {
    config: (await text("config.json")) ?? "",
    index: await text("model.safetensors.index.json"),
    tokenizerConfig: await text("tokenizer_config.json"),
    tokenizerEnds: new Map(
      (await Promise.all(ends)).flatMap(([name, content]) =>
        content === undefined ? [] : [[name, content.slice(-64)] as const],
      ),
    ),
    files: names.map((name, index) => ({ path: name, size: sizes[index] })),
    headers,
    badHeaders,
  };
}
