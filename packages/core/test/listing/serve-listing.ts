import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";

/** Facts about a repo of the Hub in 2026. */
export interface ListedFacts {
  readonly id: string;
  /** The day of the model that was quantized. */
  readonly at: string;
  readonly downloads: number;
  readonly task: string;
  readonly base: string;
  readonly parameters: number;
  readonly bytes: number;
  readonly sees?: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Puts the models of `models.json` on a Hub: their own configs, and weights that are holes of the right size. */
export async function serveListing(hub: TestHub): Promise<number> {
  const file = new URL("models.json", import.meta.url);
  const { models } = JSON.parse(await readFile(file, "utf8")) as {
    readonly models: readonly ListedFacts[];
  };
  const folder = await tempDir();
  for (const model of models) await addRepo(hub, model, folder);
  return models.length;
}

const SHARDS = [1, 2, 3].map((number) => `model-0000${number}-of-00003.safetensors`);
// Two shards stand for the rest: with more than two, one header is read.
const REST = { size: 300, seed: 1 };

async function addRepo(hub: TestHub, model: ListedFacts, folder: string): Promise<void> {
  const { id, at, downloads, task, base, parameters, bytes, sees, config } = model;
  const path = join(folder, createHash("sha256").update(id).digest("hex"));
  await writeHole(path, bytes - 2 * REST.size);
  const index = {
    metadata: { total_size: bytes - 1000, total_parameters: parameters },
    weight_map: {},
  };
  const [first = "", ...rest] = SHARDS;
  const files = {
    "config.json": JSON.stringify(config),
    "model.safetensors.index.json": JSON.stringify(index),
    "tokenizer.json": tinyModelFiles()["tokenizer.json"] ?? "",
    "tokenizer_config.json": JSON.stringify({ chat_template: "{{ messages }}" }),
    ...(sees && { "preprocessor_config.json": "{}" }),
    [first]: { path },
    ...Object.fromEntries(rest.map((name) => [name, REST])),
  };
  await hub.addRepo(id, files, {
    declared: { [first]: { sha256: createHash("sha256").update(id).digest("hex") } },
    downloads,
    createdAt: `${at}T00:00:00.000Z`,
    pipelineTag: task,
    libraryName: "mlx",
    tags: ["mlx", `base_model:quantized:models/${base}`],
    // As the Hub counts packed weights: the parameters that they stand for.
    info: { safetensors: { parameters: { [dtypeOf(config)]: parameters }, total: parameters } },
  });
}

const dtypeOf = ({ quantization }: ListedFacts["config"]): string =>
  quantization === undefined ? "BF16" : "U32";

async function writeHole(path: string, size: number): Promise<void> {
  const tensor = (end: number) => ({ dtype: "U8", shape: [end], data_offsets: [0, end] });
  let header = JSON.stringify({ hole: tensor(size) });
  // The header's length is part of what it says.
  header = JSON.stringify({ hole: tensor(size - 8 - header.length) }).padEnd(header.length);
  const file = await open(path, "w");
  try {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await file.write(Buffer.concat([length, Buffer.from(header)]));
    await file.truncate(size);
  } finally {
    await file.close();
  }
}
