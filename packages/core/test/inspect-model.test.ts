import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeHollowModel, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { inspectFolder, inspectModel, type InspectOptions } from "../src/find/inspect-model.ts";
import { failure, filesBelow, startRoad } from "./fixture.ts";

async function startInspection(): Promise<
  Awaited<ReturnType<typeof startRoad>> & {
    readonly look: (ref: string, options?: InspectOptions) => ReturnType<typeof inspectModel>;
  }
> {
  const road = await startRoad();
  const { hub, cacheDir } = road;
  return {
    ...road,
    look: (ref, options = {}) =>
      inspectModel(ref, { env: {}, endpoint: hub.url, cacheDir, token: false, ...options }),
  };
}

describe("inspectModel", () => {
  test("describes a model of 57 GB with at most 12 requests and 2 MB, exactly", async () => {
    const { hub, look, cacheDir } = await startInspection();
    const card = "---\nlibrary_name: mlx\nlicense: llama3.3\nbase_model: acme/base-70b\n---\n";
    const large = await writeHollowModel(join(await tempDir(), "large"), { card });
    await hub.addRepo("acme/large", large.files, { declared: large.declared });
    hub.log.clear();
    const model = await look("acme/large");

    const sent = hub.log.entries.reduce((sum, entry) => sum + entry.bytesSent, 0);
    expect(hub.log.entries.length).toBeLessThanOrEqual(12);
    expect(sent).toBeLessThanOrEqual(2_000_000);
    expect(large.shards.length).toBeGreaterThanOrEqual(10);
    expect(model.totalBytes).toBeGreaterThan(55_000_000_000);
    expect(model.description).toMatchObject({
      modelType: "llama",
      module: "llama",
      layers: 80,
      contextLength: 131_072,
      license: "llama3.3",
      baseModels: ["acme/base-70b"],
      parameters: large.parameters,
      weightsBytes: large.weightsBytes,
      quantization: {
        mode: "affine",
        bits: 6,
        groupSize: 64,
        bitsPerWeight: expect.closeTo(6.5, 3),
        mixed: false,
      },
    });
    expect(model.loads.verdict).toBe("yes");
    expect(model.security.verdict).toBe("safe");
    // Nothing was written: a look is no download.
    expect(await filesBelow(cacheDir)).toEqual([]);
    expect(hub.log.entries.every(({ headers }) => !("x-hf-download-counter" in headers))).toBe(
      true,
    );
  });

  test("needs no network for a model that is in the cache", async () => {
    const { hub, get, look } = await startInspection();
    await hub.addRepo("acme/tiny", tinyModelFiles());
    const online = await look("acme/tiny");
    await get("acme/tiny");
    hub.log.clear();

    const offline = await look("acme/tiny", { offline: true });

    expect(hub.log.entries).toEqual([]);
    expect(offline.from).toBe("cache");
    const { evidence } = offline.description;
    expect(offline.description).toEqual({ ...online.description, evidence });
    expect(offline.read).toEqual({ requests: 0, bytes: 0 });
  });

  test("describes a plain folder", async () => {
    const folder = join(await tempDir(), "model");
    await writeTinyModel(folder);
    const model = await inspectFolder(folder);
    expect(model).toMatchObject({ repoId: null, commit: null, path: folder, from: "folder" });
    expect(model.description.modelType).toBe("llama");
    expect(model.loads.verdict).toBe("yes");
  });

  test("tries again when an answer is cut, and when a mirror changed a small file", async () => {
    const { hub, look } = await startInspection();
    await hub.addRepo("acme/tiny", tinyModelFiles());
    hub.faults.add({ on: "resolve", kind: "cut", afterBytes: 10, path: "config.json", times: 1 });
    const index = "model.safetensors.index.json";
    hub.faults.add({ on: "resolve", kind: "wrongBytes", offset: 5, path: index, times: 1 });
    const model = await look("acme/tiny");
    expect(model.description.modelType).toBe("llama");
  });

  test("reads headers also where a server ignores ranges", async () => {
    const { hub, look } = await startInspection();
    await hub.addRepo("acme/tiny", tinyModelFiles());
    hub.faults.add({ on: "cdn", kind: "ignoreRange" });
    expect((await look("acme/tiny")).loads.verdict).toBe("yes");
  });

  test("calls a broken header what it is and describes the rest", async () => {
    const { hub, look } = await startInspection();
    const files = tinyModelFiles();
    await hub.addRepo("acme/broken", {
      ...files,
      "model-00001-of-00002.safetensors": Buffer.from("\xff".repeat(64), "latin1"),
    });
    const { security, description } = await look("acme/broken");
    expect(security.verdict).toBe("danger");
    expect(security.findings[0]).toMatchObject({
      code: "bad-header",
      path: "model-00001-of-00002.safetensors",
    });
    expect(description.modelType).toBe("llama");
  });

  test("does not call a header bad for being long, nor read one of a hundred megabytes", async () => {
    const { hub, look } = await startInspection();
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(90_000_000n);
    const file = join(await tempDir(), "long.safetensors");
    await writeFile(file, length);
    await truncate(file, 200_000_000);
    const { "model.safetensors.index.json": _, ...files } = tinyModelFiles();
    const name = "model-00002-of-00002.safetensors";
    await hub.addRepo(
      "acme/long",
      { ...files, [name]: { path: file } },
      { declared: { [name]: { sha256: "1".repeat(64) } } },
    );
    hub.log.clear();
    const { security, read } = await look("acme/long");
    expect(security.verdict).toBe("safe");
    expect(read.bytes).toBeLessThan(1_000_000);
  });

  test("says of a repo without config that it cannot be described, and of GGUF why", async () => {
    const { hub, look } = await startInspection();
    await hub.addRepo("acme/gguf", { "model-q4.gguf": "GGUF" });
    const error = await failure(look("acme/gguf"));
    expect(error.code).toBe("inspect/no-config");
    expect(error.message).toContain("GGUF");
    const empty = join(await tempDir(), "empty");
    await mkdir(empty);
    expect((await failure(inspectFolder(empty))).code).toBe("inspect/no-config");
    await writeFile(join(empty, "config.json"), "{ not json");
    expect((await failure(inspectFolder(empty))).code).toBe("inspect/no-config");
    await rm(empty, { recursive: true });
  });
});
