import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { pythonEnv, type PythonEnv } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { repairModels } from "../../src/repair/repair-models.ts";
import { provedBlobs, startRoad } from "../fixture.ts";
import { pythonOnRoad } from "./python-on-road.ts";

// What the Python clients say of a cache that we wrote, and we of one that they wrote.

const SNAPSHOT = `
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], revision=sys.argv[2] or None, local_files_only=sys.argv[3] == "local"))
`;

describe.each(["hub-2.4.0", "hub-1.33.0"] as const)("huggingface_hub of %s", (name) => {
  const env = pythonEnv(name);

  async function startTiny() {
    const road = await startRoad();
    const { commit } = await road.hub.addRepo("acme/tiny", tinyModelFiles(), { tags: ["mlx"] });
    return { ...road, commit, py: pythonOnRoad(env as PythonEnv, road), road };
  }

  test.skipIf(!env)("finds what we downloaded, offline, by branch and by commit", async () => {
    const { road, get, commit } = await startTiny();
    const { path } = await get("acme/tiny");
    const offline = pythonOnRoad(env as PythonEnv, road, { HF_HUB_OFFLINE: "1" });
    for (const revision of ["", "main", commit]) {
      for (const local of ["local", ""]) {
        const { stdout, stderr, code } = await offline.code(SNAPSHOT, "acme/tiny", revision, local);
        expect([code, stdout.trim()], stderr).toEqual([0, path]);
      }
    }
  });

  test.skipIf(!env)("lists and verifies it without a warning", async () => {
    const { py, get } = await startTiny();
    await get("acme/tiny");
    const listed = await py.hf("cache", "ls", "--format", "json");
    expect([listed.code, listed.stderr]).toEqual([0, ""]);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ repo_id: "acme/tiny", refs: ["main"] }]);
    const verified = await py.hf("cache", "verify", "acme/tiny");
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
    // It says nothing when there is nothing to prune.
    const pruned = await py.hf("cache", "prune", "--dry-run", "--format", "json");
    expect([pruned.code, pruned.stdout]).toEqual([0, ""]);
  });

  test.skipIf(!env)("is content with its own dataset again that we repaired", async () => {
    const { py, hub, cacheDir } = await startTiny();
    const files = { "data/a.csv": "a\n1\n", "data/b.parquet": { size: 5_000_000 } };
    await hub.addRepo("acme/tiny", files, { repoType: "dataset" });
    expect((await py.hf("download", "acme/tiny", "--type", "dataset")).code).toBe(0);
    const blobs = join(cacheDir, "datasets--acme--tiny", "blobs");
    for (const blob of await readdir(blobs)) {
      const bytes = await readFile(join(blobs, blob));
      bytes[1] = (bytes[1] ?? 0) ^ 1;
      await writeFile(join(blobs, blob), bytes);
    }
    const verify = ["cache", "verify", "acme/tiny", "--type", "dataset"];
    expect((await py.hf(...verify)).code).not.toBe(0);
    const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
    const report = await repairModels(["acme/tiny"], { ...options, repoType: "dataset" });
    expect(report).toMatchObject({ failed: [], repaired: [{ how: "file" }, { how: "file" }] });
    const verified = await py.hf(...verify);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  test.skipIf(!env)("takes an unfinished download of ours for unfinished", async () => {
    const { road, get, commit } = await startTiny();
    await get("acme/tiny", { include: "*.json" });
    const offline = pythonOnRoad(env as PythonEnv, road, { HF_HUB_OFFLINE: "1" });
    for (const revision of ["main", commit]) {
      const { code, stdout } = await offline.code(SNAPSHOT, "acme/tiny", revision, "local");
      expect([code, stdout]).toEqual([1, ""]);
    }
  });

  test.skipIf(!env)("downloads on top of ours only what is missing", async () => {
    const { py, get, hub } = await startTiny();
    const { path } = await get("acme/tiny", { exclude: "*.safetensors" });
    hub.log.clear();
    const { stdout, code, stderr } = await py.code(SNAPSHOT, "acme/tiny", "", "");
    expect([code, stdout.trim()], stderr).toEqual([0, path]);
    const fetched = new Set(hub.log.of({ target: "cdn", method: "GET" }).map((one) => one.path));
    expect([...fetched].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
    ]);
  });

  test.skipIf(!env)("leaves us a cache that is a hit", async () => {
    const { py, get, hub, commit } = await startTiny();
    const { stdout, code, stderr } = await py.code(SNAPSHOT, "acme/tiny", "", "");
    expect(code, stderr).toBe(0);
    hub.log.clear();
    const result = await get("acme/tiny");
    expect(result).toMatchObject({ path: stdout.trim(), fromCache: true, bytes: { wire: 0 } });
    expect(hub.log.entries.map((entry) => entry.path)).toEqual([
      "/api/models/acme/tiny/revision/main",
    ]);
    expect(await get(`acme/tiny@${commit}`, { offline: true })).toMatchObject({ fromCache: true });
  });

  test.skipIf(!env)("and we go on where a local folder of the other stopped", async () => {
    const { py, get, cacheDir } = await startTiny();
    const localDir = join(dirname(cacheDir), "local");
    const { code, stderr } = await py.hf(
      "download",
      "acme/tiny",
      "--local-dir",
      localDir,
      "--exclude",
      "*.safetensors",
    );
    expect(code, stderr).toBe(0);
    const result = await get("acme/tiny", { localDir });
    const fetched = result.files.filter((file) => file.status === "fetched");
    expect(fetched.map((file) => file.path)).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
    ]);
    const again = await py.hf("download", "acme/tiny", "--local-dir", localDir);
    expect(again.code, again.stderr).toBe(0);
    expect(await readdir(localDir)).toContain("config.json");
  });

  test.skipIf(!env)("and we want the same model at once: both get it whole", async () => {
    const { py, get, hub, cacheDir } = await startTiny();
    await hub.addRepo("acme/big", { "model.safetensors": { size: 20_000_000, seed: 21 } });
    const [theirs, ours] = await Promise.all([
      py.code(SNAPSHOT, "acme/big", "", ""),
      get("acme/big"),
    ]);
    expect(theirs.code, theirs.stderr).toBe(0);
    expect(ours.path).toBe(theirs.stdout.trim());
    await provedBlobs(cacheDir, "acme/big");
  });
});

const GENERATE = `
import sys
from mlx_lm import load, generate
model, tokenizer = load(sys.argv[1])
prompt = tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], add_generation_prompt=True)
text = generate(model, tokenizer, prompt, max_tokens=4)
print("generated", len(tokenizer.encode(text)) <= 64)
`;

describe("mlx_lm on the CPU", () => {
  const env = pythonEnv("mlx");

  test.skipIf(!env)(
    "loads and generates from the path and, offline, from the repo id",
    async () => {
      const road = await startRoad();
      await road.hub.addRepo("acme/tiny", tinyModelFiles());
      const { path } = await road.get("acme/tiny");
      const offline = pythonOnRoad(env as PythonEnv, road, {
        HF_HUB_OFFLINE: "1",
        MLX_DISABLE_COMPILE: "1",
      });
      for (const model of [path, "acme/tiny"]) {
        const { code, stdout, stderr } = await offline.code(GENERATE, model);
        expect([code, stdout.trim()], stderr).toEqual([0, "generated True"]);
      }
    },
  );
});
