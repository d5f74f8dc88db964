import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { inspectModel } from "../src/find/inspect-model.ts";
import { planModel } from "../src/download/plan-model.ts";
import { MODEL, startRoad } from "./fixture.ts";

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"ab".repeat(32)}\nsize 4096000000\n`;

describe("files that a download does not take", () => {
  const WITH_ORIGINAL = {
    ...MODEL,
    "original/consolidated.00.pth": { size: 12_000_000, seed: 3 },
    "voices/small.pt": { size: 1000, seed: 4 },
  };

  test("are counted in plan, event and result, with the way to have them", async () => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/both", WITH_ORIGINAL);
    const leftOut = { files: 1, bytes: 12_000_000, hint: '`preset: "all"` takes every file' };
    const plan = await planModel("acme/both", { env: {}, endpoint: hub.url, token: false });
    expect(plan.leftOut).toEqual(leftOut);
    expect(plan.leftOutFiles.map(({ path }) => path)).toEqual(["original/consolidated.00.pth"]);
    const result = await get("acme/both");
    expect(result.leftOut).toEqual(leftOut);
    expect(events.find(({ type }) => type === "planned")).toMatchObject({ leftOut });
    const all = await get("acme/both", { preset: "all" });
    expect(all.leftOut).toEqual({ files: 0, bytes: 0 });
  });

  test("that patterns leave out need no advice", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/both", WITH_ORIGINAL);
    const { leftOut } = await get("acme/both", { include: "*.json" });
    expect(leftOut).toEqual({ files: 5, bytes: 15_001_006 });
  });
});

describe("a repo that MLX cannot load at all", () => {
  test.each([
    ["GGUF", { "Qwen3-4B-Q4_K_M.gguf": { size: 100_000, seed: 1 }, "README.md": "x" }],
    ["pickle", { "config.json": "{}", "pytorch_model.bin": { size: 100_000, seed: 1 } }],
    ["GGUF and ONNX", { "a.gguf": { size: 9, seed: 1 }, "onnx/model.onnx": { size: 9, seed: 2 } }],
  ])("is told before the first byte: %s", async (formats, files) => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/Qwen3-4B-GGUF", files);
    await get("acme/Qwen3-4B-GGUF");
    const types = events.map(({ type }) => type);
    expect(types.indexOf("warning")).toBeLessThan(types.indexOf("planned"));
    expect(events.find(({ type }) => type === "warning")).toMatchObject({
      code: "review/cannot-load",
      message: `MLX cannot load acme/Qwen3-4B-GGUF: its weights are ${formats} files only.`,
      hint: "Look for an MLX variant: mlx-download search Qwen3-4B",
    });
  });

  test.each([true, false])(
    "holds git-lfs pointers in the place of weights (LFS: %s)",
    async (lfs) => {
      const { hub, get, events } = await startRoad();
      const files = { ...tinyModelFiles(), "model.safetensors": POINTER };
      await hub.addRepo("acme/broken", files, { lfs: { "model.safetensors": lfs } });
      await get("acme/broken");
      expect(events.find(({ type }) => type === "warning")).toMatchObject({
        code: "review/cannot-load",
        message: expect.stringContaining("model.safetensors is a git-lfs pointer of 135 bytes"),
      });
      const inspected = await inspectModel("acme/broken", {
        env: {},
        endpoint: hub.url,
        token: false,
      });
      expect(inspected.loads.verdict).toBe("no");
      expect(inspected.loads.reasons[0]).toMatchObject({
        code: "bad-weights",
        message: expect.stringContaining("is a git-lfs pointer"),
        blocks: true,
      });
    },
  );

  test.each([
    ["Entry not found", "a server's error of 15 bytes"],
    ['{"error":"Repository not found"}', "a server's error of 32 bytes"],
    ["<!DOCTYPE html><html></html>", "a web page of 28 bytes"],
    [POINTER.replace("git-lfs.github", "hawser.github"), "a git-lfs pointer of 134 bytes"],
    [POINTER.replaceAll("\n", "\r\n"), "a git-lfs pointer of 138 bytes"],
    [`/annex/objects/SHA256E-s4096--${"ab".repeat(32)}\n`, "a git-annex pointer of 95 bytes"],
    [
      `# xet version 0\nfilesize = 4096\nhash = '${"ab".repeat(32)}'\n`,
      "a Xet pointer of 106 bytes",
    ],
    ["", "empty"],
  ])("holds %j in the place of weights", async (text, kind) => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/broken", { "config.json": "{}", "model.safetensors": text });
    await get("acme/broken");
    expect(events.find(({ type }) => type === "warning")).toMatchObject({
      code: "review/cannot-load",
      message: expect.stringContaining(`model.safetensors is ${kind}`),
    });
  });

  test("lacks shards that the names of the others count", async () => {
    const { hub, get, events } = await startRoad();
    const shard = (number: number): string => `model-0000${number}-of-00003.safetensors`;
    await hub.addRepo("acme/cut", { "config.json": "{}", [shard(2)]: { size: 5000, seed: 1 } });
    await get("acme/cut");
    expect(events.find(({ type }) => type === "warning")).toMatchObject({
      code: "review/cannot-load",
      message: `MLX cannot load acme/cut: ${shard(1)} and 1 more, without which its weights are not whole, is not in the file list.`,
      hint: expect.stringContaining("a mirror may have left it out"),
    });
  });

  test.each([
    ["weights beside other formats", { ...MODEL, "model.gguf": { size: 9, seed: 1 } }, {}],
    ["no weights", { "config.json": "{}" }, {}],
    ["weights asked for by name", { "a.gguf": { size: 9, seed: 1 } }, { include: "*.gguf" }],
    ["a small file that is no pointer", { "model.safetensors": "x".repeat(130) }, {}],
  ])("is not one with %s", async (_, files, options) => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/fine", files);
    await get("acme/fine", options);
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
  });
});
