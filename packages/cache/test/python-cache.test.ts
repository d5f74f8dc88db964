import { mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  blobPath,
  readTreeRecord,
  repoLayout,
  scanCache,
  snapshotPath,
  snapshotStatus,
  treePath,
  type SnapshotFile,
} from "@mlx-download/cache";
import { writeRef, writeTreeRecord } from "@mlx-download/cache/writing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { COMMIT, FILES, golden, publishGolden } from "./golden-model.ts";

const OTHER = "89abcdef0123456789abcdef0123456789abcdef";
const envs = (["hub-2.4.0", "hub-1.33.0"] as const).map((name) => ({ name, env: pythonEnv(name) }));

const SCAN = `
import json, sys
from huggingface_hub import scan_cache_dir
info = scan_cache_dir(sys.argv[1])
print(json.dumps({
    "size": info.size_on_disk,
    "warnings": [str(warning) for warning in info.warnings],
    "repos": sorted([{
        "repoId": repo.repo_id, "repoType": repo.repo_type, "sizeOnDisk": repo.size_on_disk, "files": repo.nb_files,
        "refs": {name: revision.commit_hash for name, revision in repo.refs.items()},
        "revisions": sorted([[r.commit_hash, r.size_on_disk, len(r.files)] for r in repo.revisions]),
    } for repo in info.repos], key=lambda repo: repo["repoId"]),
}))
`;

const OFFLINE = `
import os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
from huggingface_hub import snapshot_download
print(snapshot_download("acme/tiny", revision=sys.argv[2], cache_dir=sys.argv[1]))
`;

const WRITE_TREE = `
import json, sys
from huggingface_hub._tree_cache import TreeCacheEntry, write_tree_cache
entries = {path: TreeCacheEntry(**entry) for path, entry in json.load(sys.stdin).items()}
write_tree_cache(sys.argv[1], sys.argv[2], entries)
`;

async function describeOurs(cacheDir: string): Promise<unknown> {
  const scan = await scanCache(cacheDir);
  return {
    size: scan.sizeOnDisk,
    warnings: scan.findings.map(({ message }) => message),
    repos: scan.repos
      .map(({ repoId, repoType, sizeOnDisk, files, refs, revisions }) => ({
        repoId,
        repoType,
        sizeOnDisk,
        files,
        refs,
        revisions: revisions
          .map((r) => [r.commit, r.sizeOnDisk, r.files] as const)
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      }))
      .toSorted((a, b) => (a.repoId < b.repoId ? -1 : 1)),
  };
}

describe.each(envs)("beside $name", ({ env }) => {
  const python = env?.python ?? "";

  async function describeTheirs(cacheDir: string): Promise<unknown> {
    const { stdout, stderr } = await run(python, ["-c", SCAN, cacheDir]);
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  }

  test.skipIf(!env)("a scan of Python's client and one of ours see the same cache", async () => {
    const cacheDir = await tempDir();
    const layout = await publishGolden(cacheDir);
    await publishGolden(cacheDir, { commit: OTHER, revision: "refs/pr/1", paths: ["README.md"] });
    await publishGolden(cacheDir, {
      repoId: "acme/by-hash",
      commit: "1".repeat(40),
      revision: null,
    });
    await publishGolden(cacheDir, { repoId: "gpt2", commit: "2".repeat(40), symlinks: false });
    await writeFile(join(layout.refsDir, ".DS_Store"), "");
    expect(await describeTheirs(cacheDir)).toEqual(await describeOurs(cacheDir));
  });

  test.skipIf(!env)("both count a payload of the shared store once", async () => {
    const cacheDir = await tempDir();
    const { file, content } = golden("model.safetensors");
    const xet = file.xetHash ?? "";
    await mkdir(join(cacheDir, "blobs", xet.slice(0, 2)), { recursive: true });
    await writeFile(join(cacheDir, "blobs", ".huggingface-shared-blobs"), "1\n");
    await writeFile(join(cacheDir, "blobs", xet.slice(0, 2), xet), content);
    await writeFile(join(cacheDir, "blobs", xet.slice(0, 2), `${xet}.refs`), "");
    for (const [repoId, commit] of [
      ["acme/a", COMMIT],
      ["acme/b", OTHER],
    ] as const) {
      const blob = blobPath(await publishGolden(cacheDir, { repoId, commit }), file.digest.hex);
      await rm(blob);
      await symlink(`../../blobs/${xet.slice(0, 2)}/${xet}`, blob);
    }
    const ours = await describeOurs(cacheDir);
    expect(await describeTheirs(cacheDir)).toEqual(ours);
    expect(ours).toMatchObject({
      size: 2 * 86 + 100,
      repos: [{ sizeOnDisk: 186 }, { sizeOnDisk: 186 }],
    });
  });

  test.skipIf(!env)(
    "the listing is byte for byte what Python's client would have written",
    async () => {
      const layout = await publishGolden(await tempDir());
      const oid = golden("README.md").file.blobId;
      const digest = { algorithm: "git-sha1", hex: oid } as const;
      const odd: SnapshotFile[] = ["1", "10", "2", "Z", "a b", 'q"t', "é", "\ufffd", "💾.bin"].map(
        (path) => ({
          path,
          size: 7,
          digest,
          blobId: oid,
        }),
      );
      const files = [...FILES, ...odd];
      await writeTreeRecord(layout, COMMIT, files);
      const ours = await readFile(treePath(layout, COMMIT), "utf8");
      const entries = files.map(({ path, size, blobId, digest: { algorithm, hex }, xetHash }) => {
        const lfs = algorithm === "sha256" ? { lfs_sha256: hex, lfs_size: size } : {};
        return [path, { size, blob_id: blobId, ...lfs, ...(xetHash ? { xet_hash: xetHash } : {}) }];
      });
      const input = JSON.stringify(Object.fromEntries(entries));
      await rm(treePath(layout, COMMIT));
      const { stderr } = await run(python, ["-c", WRITE_TREE, layout.repoDir, COMMIT], { input });
      expect(stderr).toBe("");
      expect(ours).toBe(await readFile(treePath(layout, COMMIT), "utf8"));
      expect(await readTreeRecord(layout, COMMIT)).toHaveLength(files.length);
    },
  );

  test.skipIf(!env)("the empty listing too", async () => {
    const layout = repoLayout((await publishGolden(await tempDir())).cacheDir, "acme/tiny");
    await writeTreeRecord(layout, COMMIT, []);
    const ours = await readFile(treePath(layout, COMMIT), "utf8");
    await run(python, ["-c", WRITE_TREE, layout.repoDir, COMMIT], { input: "{}" });
    expect(ours).toBe(await readFile(treePath(layout, COMMIT), "utf8"));
  });

  test.skipIf(!env)("what we published loads offline, by branch and by commit", async () => {
    const layout = await publishGolden(await tempDir());
    for (const revision of ["main", COMMIT]) {
      const { stdout, stderr } = await run(python, ["-c", OFFLINE, layout.cacheDir, revision]);
      expect(stderr).not.toMatch(/Error/);
      expect(stdout.trim()).toBe(join(layout.snapshotsDir, COMMIT));
    }
    expect((await stat(snapshotPath(layout, COMMIT, "model.safetensors"))).size).toBe(100);
  });

  test.skipIf(!env)("an incomplete snapshot is refused by both", async () => {
    const layout = await publishGolden(await tempDir(), { paths: ["config.json"] });
    await writeRef(layout, "main", COMMIT);
    const { code, stderr } = await run(python, ["-c", OFFLINE, layout.cacheDir, "main"]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/IncompleteSnapshotError/);
    expect((await snapshotStatus(layout, COMMIT)).status).toBe("incomplete");
  });
});
