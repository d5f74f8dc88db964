import { expect, test } from "vitest";
import { writeSafetensors } from "../src/testing/index.ts";
import { goldenHub } from "./golden-hub.ts";

test("a repo of GGUF files is an image registry: a manifest by quantization, blobs on resolve", async () => {
  const { ask, store } = await goldenHub();
  const files = {
    "M-Q8_0.gguf": "eight",
    "M-Q4_K_M.gguf": "four",
    "mmproj-M.gguf": "projector",
  };
  await store.addRepo("acme/M-GGUF", files);
  const manifestOf = async (tag: string, agent = "llama-cpp/b5000") =>
    (
      await ask(`/v2/acme/M-GGUF/manifests/${tag}`, { headers: { "user-agent": agent } })
    ).json() as Promise<{ layers: { digest: string }[]; ggufFile?: object }>;
  const latest = await manifestOf("latest");
  expect(latest).toMatchObject({
    schemaVersion: 2,
    layers: [{ mediaType: "application/vnd.ollama.image.model", size: 4 }],
    ggufFile: { rfilename: "M-Q4_K_M.gguf", size: 4, lfs: { pointerSize: 126 } },
  });
  expect((await manifestOf("q8_0")).ggufFile).toMatchObject({ rfilename: "M-Q8_0.gguf" });
  expect(await manifestOf("latest", "ollama/0.9")).not.toHaveProperty("ggufFile");
  expect(await manifestOf("Q1_0")).toEqual({
    error: expect.stringContaining("not a valid quantization scheme"),
  });
  const blob = await ask(`/v2/acme/M-GGUF/blobs/${latest.layers[0]?.digest}`);
  expect([blob.status, blob.headers.get("location")]).toEqual([
    307,
    "/acme/M-GGUF/resolve/main/M-Q4_K_M.gguf",
  ]);
  expect((await ask("/v2/acme/M-GGUF/blobs/sha256:00")).status).toBe(404);
  expect((await ask("/v2/acme/tiny/manifests/latest")).status).toBe(400);
});

test("the headers of all shards of an index come in one answer", async () => {
  const { ask, store } = await goldenHub();
  const shard = (name: string): Uint8Array =>
    writeSafetensors({ [name]: { dtype: "U8", shape: [1], data: Uint8Array.of(1) } });
  const index = {
    metadata: { total_size: 2 },
    weight_map: { a: "1.safetensors", b: "2.safetensors" },
  };
  await store.addRepo("acme/shards", {
    "model.safetensors.index.json": JSON.stringify(index),
    "1.safetensors": shard("a"),
    "2.safetensors": shard("b"),
    "bad.index.json": "[]",
  });
  const at = (path: string): Promise<Response> =>
    ask(`/api/models/acme/shards/safetensors-metadata/${path}`);
  expect(await (await at("model.safetensors.index.json")).json()).toEqual({
    headers: {
      "1.safetensors": { a: expect.objectContaining({ dtype: "U8" }) },
      "2.safetensors": { b: expect.objectContaining({ shape: [1] }) },
    },
    index: { metadata: { total_size: 2 } },
  });
  expect((await at("bad.index.json")).status).toBe(400);
  expect((await at("none.json")).status).toBe(404);
});

test("packed weights count as what they stand for, scales as they are stored", async () => {
  const { ask, store } = await goldenHub();
  const tensor = (dtype: "U32" | "BF16", shape: number[], bytes: number) => ({
    dtype,
    shape,
    data: new Uint8Array(bytes),
  });
  const quantization = { group_size: 64, bits: 4, "model.head": { bits: 8 }, "model.raw": false };
  await store.addRepo("acme/4bit", {
    "config.json": JSON.stringify({ quantization, quantization_config: quantization }),
    "README.md": "---\nbase_model: acme/base\n---\n",
    "model.safetensors": writeSafetensors({
      "model.a.weight": tensor("U32", [2, 8], 64),
      "model.a.scales": tensor("BF16", [2, 1], 4),
      "model.head.weight": tensor("U32", [2, 8], 64),
      "model.raw.weight": tensor("U32", [3], 12),
    }),
  });
  const info = (await (await ask("/api/models/acme/4bit")).json()) as object;
  expect(info).toMatchObject({
    safetensors: { parameters: { U32: 128 + 64 + 3, BF16: 2 }, total: 197 },
    config: { quantization_config: { bits: 4 } },
    tags: expect.arrayContaining(["base_model:acme/base", "base_model:quantized:acme/base"]),
  });
});
