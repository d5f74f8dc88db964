import { expect, test } from "vitest";
import { absentShards } from "./absent-shards.ts";

const index = (...shards: string[]): string =>
  JSON.stringify({ weight_map: Object.fromEntries(shards.map((shard, at) => [`w${at}`, shard])) });

test("the shards that an index names are looked for in the folder of the index", () => {
  const here = new Set(["transformer/x.safetensors.index.json", "transformer/a.safetensors"]);
  expect(absentShards(here, () => index("a.safetensors", "b.safetensors"))).toEqual([
    "transformer/b.safetensors",
  ]);
});

test("a series of shards tells its own gaps, without an index", () => {
  const here = new Set(["model-00001-of-00003.safetensors", "model-00003-of-00003.safetensors"]);
  expect(absentShards(here, () => undefined)).toEqual(["model-00002-of-00003.safetensors"]);
});

test("a whole series, a single file and a broken index name nothing that is absent", () => {
  const here = new Set([
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "other.safetensors",
    "model.safetensors.index.json",
  ]);
  expect(absentShards(here, () => "{broken")).toEqual([]);
  expect(absentShards(here, () => '{"weight_map":null}')).toEqual([]);
  expect(absentShards(here, () => '{"weight_map":{"w":7}}')).toEqual([]);
});

test("an index that points out of the repo names nothing", () => {
  const here = new Set(["model.safetensors.index.json"]);
  expect(absentShards(here, () => index("../../../etc/passwd", "a.safetensors"))).toEqual([
    "a.safetensors",
  ]);
});

test("a number that is no count of shards is not believed", () => {
  expect(absentShards(new Set(["x-00001-of-99999.gguf"]), () => undefined)).toEqual([]);
});
