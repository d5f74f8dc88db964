import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  applyRemoval,
  moveRepo,
  pinModel,
  planPrune,
  planRemoval,
  removeRepo,
  repoLayout,
  scanCache,
} from "@mlx-download/cache";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { pythonEnv, type PythonEnv } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { provedBlobs, startRoad } from "../fixture.ts";
import { pythonOnRoad } from "./python-on-road.ts";

// What we delete, the Python clients must not miss; and what they delete, or shared, we must not lose.

const XET = "d5".repeat(32);

/** Moves the largest blob of a repo into the shared store, or links it there, by the client's own code. */
const SHARE = `
import os, sys
from huggingface_hub.utils import _shared_blobs as store
cache, repo, xet = sys.argv[1:]
folder = os.path.join(cache, "models--" + repo.replace("/", "--"), "blobs")
blob = max((os.path.join(folder, name) for name in os.listdir(folder)), key=os.path.getsize)
done = store.publish_blob_to_shared_store(
    blob_path=blob, xet_hash=xet, cache_dir=cache, expected_size=os.path.getsize(blob))
print(done)
`;

describe.each(["hub-2.4.0", "hub-1.33.0"] as const)("beside huggingface_hub of %s", (name) => {
  const env = pythonEnv(name);

  async function startTwo() {
    const road = await startRoad();
    const { hub, cacheDir } = road;
    const files = tinyModelFiles();
    await hub.addRepo("acme/a", files);
    await hub.addRepo("acme/b", { ...files, "README.md": "# another card\n" });
    const py = pythonOnRoad(env as PythonEnv, road);

    /** Lists without a warning, and each of these repos is whole by the Hub's word. */
    async function expectWhole(...repos: string[]) {
      const listed = await py.hf("cache", "ls", "--show-warnings", "--format", "json");
      expect(listed.stderr).toBe("");
      const found = JSON.parse(listed.stdout) as { repo_id: string }[];
      expect(found.map(({ repo_id }) => repo_id).toSorted()).toEqual(repos.toSorted());
      for (const repo of repos) {
        const args = ["cache", "verify", repo, "--fail-on-missing-files"];
        const { code, stdout, stderr } = await py.hf(...args);
        expect(code, stdout + stderr).toBe(0);
      }
      for (const repo of repos) await provedBlobs(cacheDir, repo);
    }
    async function share(repo: string) {
      const { stdout } = await py.code(SHARE, cacheDir, repo, XET);
      expect(stdout.trim()).toBe("True");
    }
    return { ...road, road, py, expectWhole, share };
  }

  test.skipIf(!env)("a payload that two repos share outlives the first of them", async () => {
    const { cacheDir, get, share, expectWhole } = await startTwo();
    for (const repo of ["acme/a", "acme/b"]) {
      await get(repo);
      await share(repo);
    }
    await expectWhole("acme/a", "acme/b");
    await applyRemoval(await planRemoval(cacheDir, [{ repoId: "acme/a" }]));
    await expectWhole("acme/b");
    const { freedBytes } = await applyRemoval(await planRemoval(cacheDir, [{ repoId: "acme/b" }]));
    expect(freedBytes).toBeGreaterThan(0);
    expect(await readdir(join(cacheDir, "blobs", XET.slice(0, 2)))).toEqual([`${XET}.lock`]);
    await expectWhole();
  });

  test.skipIf(!env)("what Python began we end, and the other way round", async () => {
    const { hub, cacheDir, py, share, get, expectWhole } = await startTwo();
    await py.hf("download", "acme/a");
    await share("acme/a");
    await get("acme/b");
    await share("acme/b");
    const next = await hub.addRepo("acme/b", { "README.md": "# a new card\n" });
    await py.hf("download", "acme/b");
    // The old commit of b has no ref now; we take it, and the payload stays with both repos.
    const { removed } = await applyRemoval(await planPrune(cacheDir));
    expect(removed).toMatchObject([{ repoId: "acme/b", whole: false }]);
    await expectWhole("acme/a", "acme/b");
    expect((await scanCache(cacheDir)).repos[1]?.revisions).toMatchObject([
      { commit: next.commit },
    ]);
    const rm = await py.hf("cache", "rm", "model/acme/a", "--yes");
    expect(rm.code, rm.stderr).toBe(0);
    await expectWhole("acme/b");
    await removeRepo(cacheDir, "acme/b");
    await expectWhole();
    expect(await lstat(join(cacheDir, "blobs", XET.slice(0, 2), XET)).catch(() => null)).toBeNull();
  });

  test.skipIf(!env)(
    "a pinned commit survives hf cache prune, an unpinned one does not",
    async () => {
      const { hub, cacheDir, get, py, expectWhole } = await startTwo();
      const pinned = await hub.addRepo("acme/lone", { "config.json": "{}" });
      const other = await hub.addRepo("acme/gone", { "config.json": "{}\n" });
      await get(`acme/lone@${pinned.commit}`);
      await get(`acme/gone@${other.commit}`);
      await pinModel(repoLayout(cacheDir, "acme/lone"), pinned.commit);
      const { code, stderr } = await py.hf("cache", "prune", "--yes");
      expect(code, stderr).toBe(0);
      const { repos } = await scanCache(cacheDir);
      expect(repos.map(({ repoId }) => repoId)).toEqual(["acme/lone"]);
      expect(repos[0]?.findings).toEqual([]);
      await expectWhole("acme/lone");
    },
  );

  test.skipIf(!env)(
    "a model that was moved to another disk is listed and verified as before",
    async () => {
      const { cacheDir, get, share, expectWhole } = await startTwo();
      await get("acme/a");
      await share("acme/a");
      await moveRepo(repoLayout(cacheDir, "acme/a"), join(cacheDir, "..", "disk"));
      await expectWhole("acme/a");
    },
  );

  test.skipIf(!env)("of two repos on one commit each removal takes its own", async () => {
    const { hub, cacheDir, get, expectWhole } = await startTwo();
    const files = tinyModelFiles();
    const commit = "ab".repeat(20);
    await hub.addRepo("acme/twin", files, { commit });
    await hub.addRepo("acme/twin-2", files, { commit });
    await get("acme/twin");
    await get("acme/twin-2");
    const target = { repoId: "acme/twin", revision: commit };
    await applyRemoval(await planRemoval(cacheDir, [target]));
    await expectWhole("acme/twin-2");
  });
});
