import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { pythonEnv, type PythonEnv, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { findCached } from "../../src/download/find-cached.ts";
import { verifyModels } from "../../src/repair/verify-models.ts";
import { startRoad } from "../fixture.ts";
import { pythonOnRoad } from "./python-on-road.ts";

// Caches and folders as the Python clients of several years leave them: 0.34 and 1.x before 1.22 record no listing.

/** What mlx-lm asks snapshot_download for (mlx_lm/utils.py, `_download`). */
const MLX_LM = `
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], allow_patterns=[
    "*.json", "model*.safetensors", "*.py", "tokenizer.model", "*.tiktoken", "tiktoken.model", "*.txt", "*.jsonl", "*.jinja",
]))
`;

const LOCAL_DIR = `
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], local_dir=sys.argv[2]))
`;

describe.each(["hub-0.34.6", "hub-1.33.0", "hub-2.4.0"] as const)(
  "huggingface_hub of %s",
  (name) => {
    const env = pythonEnv(name);

    async function startTiny() {
      const road = await startRoad();
      const files = { ...tinyModelFiles(), "README.md": "# tiny\n", ".gitattributes": "* -text\n" };
      const { commit } = await road.hub.addRepo("acme/tiny", files, { tags: ["mlx"] });
      await mkdir(road.cacheDir, { recursive: true });
      return { ...road, commit, py: pythonOnRoad(env as PythonEnv, road) };
    }

    test.skipIf(!env)("a model that mlx-lm fetched is given offline, and is sound", async () => {
      const { py, get, cacheDir, hub, commit, events } = await startTiny();
      const { stdout, stderr, code } = await py.code(MLX_LM, "acme/tiny");
      expect(code, stderr).toBe(0);
      const path = stdout.trim();
      hub.log.clear();
      expect(await findCached("acme/tiny", { env: {}, cacheDir })).toMatchObject({
        commit,
        path,
        warning: expect.stringMatching(/README\.md|no listing/),
      });
      const result = await get("acme/tiny", { offline: true });
      expect(result).toMatchObject({ path, fromCache: true });
      expect(events.filter(({ type }) => type === "warning")).toHaveLength(1);
      expect(hub.log.entries).toEqual([]);
      const report = await verifyModels(["acme/tiny"], { env: {}, cacheDir });
      expect(report).toMatchObject({ bad: [], unproven: [], unverified: [] });
      expect(report.checked).toBe(result.files.length);
    });

    test.skipIf(!env)(
      "a folder that it filled is kept without its notes, and it takes ours",
      async () => {
        const { py, get, hub } = await startTiny();
        const localDir = await tempDir();
        const first = await py.code(LOCAL_DIR, "acme/tiny", localDir);
        expect(first.code, first.stderr).toBe(0);
        await rm(join(localDir, ".cache"), { recursive: true });
        hub.log.clear();
        const result = await get("acme/tiny", { localDir });
        expect(result.bytes).toMatchObject({ fetched: 0, copied: 0 });
        expect(hub.log.entries.filter(({ path }) => path.includes("/resolve/"))).toEqual([]);
        expect(await verifyModels([], { env: {}, localDir })).toMatchObject({
          bad: [],
          missing: [],
        });
        hub.log.clear();
        const again = await py.code(LOCAL_DIR, "acme/tiny", localDir);
        expect(again.code, again.stderr).toBe(0);
        // A look at each file's metadata, and no file's bytes.
        expect(hub.log.of({ method: "GET", target: "cdn" })).toEqual([]);
        expect(
          (await readdir(localDir)).filter((file) => file.endsWith(".safetensors")),
        ).not.toEqual([]);
      },
    );
  },
);
