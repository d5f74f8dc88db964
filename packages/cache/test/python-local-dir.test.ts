import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  inspectLocalFiles,
  localDirPaths,
  localPartialPaths,
  publishLocalFile,
  readLocalMetadata,
  readLocalTreeRecord,
  writeLocalTreeRecord,
} from "@mlx-download/cache/writing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { COMMIT, FILES, GOLDEN } from "./golden-model.ts";

const envs = (["hub-2.4.0", "hub-1.33.0"] as const).map((name) => ({ name, env: pythonEnv(name) }));

const READ = `
import json, sys
from pathlib import Path
from huggingface_hub._local_folder import get_local_download_paths, read_download_metadata
root = Path(sys.argv[1])
def describe(name):
    metadata = read_download_metadata(root, name)
    paths = get_local_download_paths(root, name)
    note = metadata and [metadata.commit_hash, metadata.etag, metadata.timestamp]
    return [note, str(paths.file_path), str(paths.metadata_path), str(paths.lock_path)]
print(json.dumps({name: describe(name) for name in json.load(sys.stdin)}))
`;

const WRITE = `
import json, sys
from pathlib import Path
from huggingface_hub._local_folder import write_download_metadata
for name, commit, etag in json.load(sys.stdin):
    write_download_metadata(Path(sys.argv[1]), name, commit, etag)
`;

const READ_TREE = `
import json, sys
from huggingface_hub._tree_cache import read_tree_cache, tree_cache_folder_for_local_dir
entries = read_tree_cache(tree_cache_folder_for_local_dir(sys.argv[1]), sys.argv[2])
print(json.dumps(sorted(entries)))
`;

describe.each(envs)("beside $name", ({ env }) => {
  const python = env?.python ?? "";

  test.skipIf(!env)("Python's client reads the notes that we make", async () => {
    const localDir = await tempDir();
    for (const { file, content } of GOLDEN) {
      const { data } = localPartialPaths(localDir, file.digest.hex);
      await mkdir(join(data, ".."), { recursive: true });
      await writeFile(data, content);
      await publishLocalFile(localDir, { commit: COMMIT, file, from: data });
    }
    const input = JSON.stringify(FILES.map(({ path }) => path));
    const { stdout, stderr } = await run(python, ["-c", READ, localDir], { input });
    expect(stderr).toBe("");
    const seen: unknown = JSON.parse(stdout);
    const expected = await Promise.all(
      FILES.map(async ({ path, digest }) => {
        const { file, metadata, lock } = localDirPaths(localDir, path);
        const note = await readLocalMetadata(localDir, path);
        return [path, [[COMMIT, digest.hex, note?.timestamp], file, metadata, lock]] as const;
      }),
    );
    expect(seen).toEqual(Object.fromEntries(expected));
  });

  test.skipIf(!env)("we read the notes that Python's client makes", async () => {
    const localDir = await tempDir();
    for (const { file, content } of GOLDEN) {
      await mkdir(join(localDir, file.path, ".."), { recursive: true });
      await writeFile(join(localDir, file.path), content);
    }
    const input = JSON.stringify(FILES.map(({ path, digest }) => [path, COMMIT, digest.hex]));
    await run(python, ["-c", WRITE, localDir], { input });
    const { metadata } = localDirPaths(localDir, "config.json");
    expect(await readFile(metadata, "latin1")).toMatch(/^[0-9a-f]{40}\n[0-9a-f]{40}\n[\d.]+\n$/);
    const states = await inspectLocalFiles(localDir, COMMIT, FILES);
    expect([...states.values()]).toEqual(FILES.map(() => "present"));
  });

  test.skipIf(!env)("Python's client reads the listing of a local folder", async () => {
    const localDir = await tempDir();
    await writeLocalTreeRecord(localDir, COMMIT, FILES);
    const { stdout } = await run(python, ["-c", READ_TREE, localDir, COMMIT]);
    const names = (await readLocalTreeRecord(localDir, COMMIT))?.map(({ path }) => path);
    expect(names).toEqual(JSON.parse(stdout));
  });
});
