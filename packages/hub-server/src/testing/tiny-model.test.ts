import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { tinyModelFiles } from "./tiny-model.ts";

const text = (content: string | Uint8Array | undefined): string =>
  Buffer.from(content ?? "").toString();

test("the same seed gives the same bytes, another seed other weights only", () => {
  const digests = (seed: number): Record<string, string> =>
    Object.fromEntries(
      Object.entries(tinyModelFiles({ seed })).map(([path, content]) => [
        path,
        createHash("sha256").update(content).digest("hex"),
      ]),
    );
  expect(digests(1)).toEqual(digests(1));
  const changed = Object.keys(digests(1)).filter((path) => digests(1)[path] !== digests(2)[path]);
  expect(changed).toEqual(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]);
});

test("the index names every tensor of both shards, and their sizes add up", () => {
  const files = tinyModelFiles();
  const index = JSON.parse(text(files["model.safetensors.index.json"])) as {
    metadata: { total_size: number };
    weight_map: Record<string, string>;
  };
  let total = 0;
  const found: Record<string, string> = {};
  for (const shard of new Set(Object.values(index.weight_map))) {
    const bytes = Buffer.from(files[shard] ?? "");
    const length = Number(bytes.readBigUInt64LE());
    expect((8 + length) % 8).toBe(0);
    const { __metadata__, ...tensors } = JSON.parse(
      bytes.toString("utf8", 8, 8 + length),
    ) as Record<string, { data_offsets: [number, number] }>;
    expect(__metadata__).toEqual({ format: "mlx" });
    for (const [
      name,
      {
        data_offsets: [start, end],
      },
    ] of Object.entries(tensors)) {
      found[name] = shard;
      total += end - start;
    }
    expect(Math.max(...Object.values(tensors).map((t) => t.data_offsets[1]))).toBe(
      bytes.byteLength - 8 - length,
    );
  }
  expect(found).toEqual(index.weight_map);
  expect(Object.keys(found)).toHaveLength(50);
  expect(total).toBe(index.metadata.total_size);
});
