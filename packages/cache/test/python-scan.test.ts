import { chmod, link, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  blobPath,
  type CacheScan,
  scanCache,
  snapshotDir,
  snapshotPath,
} from "@mlx-download/cache";
import { writeRef } from "@mlx-download/cache/writing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, golden, publishGolden } from "./golden-model.ts";

const OTHER = "89abcdef0123456789abcdef0123456789abcdef";
const MODEL = "model.safetensors";
const hex = golden(MODEL).file.digest.hex;
const xet = golden(MODEL).file.xetHash ?? "";

/** A crafted cache, and what Python's scan makes of it where that is not what ours does. */
interface Case {
  readonly make: (cacheDir: string) => Promise<unknown>;
  /** Repos that Python leaves out with everything in them, and the finding by which we say why. */
  readonly drops?: Readonly<Record<string, string>>;
  /** What it counts beyond the files of the one repo. */
  readonly counts?: { readonly files: number; readonly bytes: number };
}

/** Puts the payload of the golden model's weights into the shared store and links a repo's blob to it. */
async function share(cacheDir: string, repoId: string, commit: string): Promise<void> {
  const store = join(cacheDir, "blobs", xet.slice(0, 2));
  await mkdir(store, { recursive: true });
  await writeFile(join(cacheDir, "blobs", ".huggingface-shared-blobs"), "1\n");
  await writeFile(join(store, xet), golden(MODEL).content);
  await writeFile(
    join(store, `${xet}.refs`),
    `models--${repoId.replace("/", "--")}/blobs/${hex}\n`,
  );
  await writeFile(join(store, `${xet}.lock`), "");
  const blob = blobPath(await publishGolden(cacheDir, { repoId, commit }), hex);
  await rm(blob);
  await symlink(`../../blobs/${xet.slice(0, 2)}/${xet}`, blob);
}

const CASES: Readonly<Record<string, Case>> = {
  "a sound repo with files in folders": { make: (dir) => publishGolden(dir) },
  "an empty cache": { make: (dir) => mkdir(join(dir, ".locks")) },
  "nested refs": {
    make: async (dir) => await writeRef(await publishGolden(dir), "refs/pr/1", COMMIT),
  },
  "a tag and a branch on one commit": {
    make: async (dir) => await writeRef(await publishGolden(dir), "v1.0", COMMIT),
  },
  "a repo without a refs folder": {
    make: async (dir) =>
      await rm((await publishGolden(dir, { revision: null })).refsDir, { recursive: true }),
  },
  "a repo without a listing": {
    make: async (dir) => await rm((await publishGolden(dir)).treesDir, { recursive: true }),
  },
  "one blob under two names": {
    make: async (dir) =>
      await symlink(
        `../../blobs/${hex}`,
        join(snapshotDir(await publishGolden(dir), COMMIT), "copy.safetensors"),
      ),
  },
  "one blob in two commits": {
    make: async (dir) => {
      await publishGolden(dir);
      await publishGolden(dir, { commit: OTHER, revision: "next", paths: [MODEL, "README.md"] });
    },
  },
  "what operating systems drop into folders": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      const folders = [dir, layout.refsDir, layout.snapshotsDir, layout.blobsDir];
      for (const folder of folders) await writeFile(join(folder, ".DS_Store"), "litter");
      await writeFile(join(layout.refsDir, "desktop.ini"), "litter");
    },
  },
  // Python counts it as a file of the model; it is none, and the next download would not bring it.
  "litter inside a snapshot": {
    make: async (dir) =>
      await writeFile(join(snapshotDir(await publishGolden(dir), COMMIT), ".DS_Store"), "litter"),
    counts: { files: 1, bytes: "litter".length },
  },
  "a link whose blob is gone": {
    make: async (dir) => {
      await publishGolden(dir, { repoId: "acme/sound", commit: OTHER });
      await rm(blobPath(await publishGolden(dir), hex));
    },
    drops: { "acme/tiny": "dangling-link" },
  },
  "a ref to a commit that is not here": {
    make: async (dir) => await writeFile(join((await publishGolden(dir)).refsDir, "gone"), OTHER),
    drops: { "acme/tiny": "missing-commit" },
  },
  "a newline in a ref": {
    make: async (dir) =>
      await writeFile(join((await publishGolden(dir)).refsDir, "main"), `${COMMIT}\n`),
    drops: { "acme/tiny": "bad-ref" },
  },
  "an abbreviated hash in a ref": {
    make: async (dir) =>
      await writeFile(join((await publishGolden(dir)).refsDir, "main"), COMMIT.slice(0, 7)),
    drops: { "acme/tiny": "bad-ref" },
  },
  "leftovers of an interrupted run in blobs": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      await writeFile(`${blobPath(layout, hex)}.0123abcd.incomplete`, "half");
      await writeFile(`${blobPath(layout, "a".repeat(64))}.incomplete`, "older half");
    },
  },
  "our partial data, proofs and quarantine": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      await writeFile(join(layout.partialDir, `${hex}.data`), "half");
      for (const folder of [layout.proofsDir, layout.quarantineDir]) {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, hex), "ours");
      }
    },
  },
  "a foreign folder in the root": { make: (dir) => mkdir(join(dir, "datasets-of-mine")) },
  "a foreign file in the root": {
    make: async (dir) => {
      await publishGolden(dir);
      await writeFile(join(dir, "notes.txt"), "mine");
    },
  },
  "a payload that two repos share": {
    make: async (dir) => {
      await share(dir, "acme/a", COMMIT);
      await share(dir, "acme/b", OTHER);
    },
  },
  "a payload in the shared store that nobody uses": {
    make: async (dir) => {
      await share(dir, "acme/a", COMMIT);
      await mkdir(join(dir, "blobs", "ab"));
      await writeFile(join(dir, "blobs", "ab", `ab${"0".repeat(62)}`), "orphan");
    },
  },
  "a shared payload that is gone": {
    make: async (dir) => {
      await share(dir, "acme/a", COMMIT);
      await rm(join(dir, "blobs", xet.slice(0, 2), xet));
    },
    drops: { "acme/a": "dangling-link" },
  },
  "a blobs folder in the root without the store's marker": {
    make: async (dir) => {
      await publishGolden(dir);
      await mkdir(join(dir, "blobs"));
    },
  },
  "a cache without links": { make: (dir) => publishGolden(dir, { symlinks: false }) },
  "datasets, spaces and kernels": {
    make: async (dir) => {
      for (const [index, type] of ["datasets", "spaces", "kernels"].entries()) {
        const layout = await publishGolden(dir, { commit: String(index).repeat(40) });
        await rename(layout.repoDir, join(dir, `${type}--acme--tiny`));
      }
    },
  },
  "an id without a namespace": { make: (dir) => publishGolden(dir, { repoId: "gpt2" }) },
  "a hard link as a snapshot's entry": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      await rm(snapshotPath(layout, COMMIT, MODEL));
      await link(blobPath(layout, hex), snapshotPath(layout, COMMIT, MODEL));
    },
  },
  "an absolute link as a snapshot's entry": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      await rm(snapshotPath(layout, COMMIT, MODEL));
      await symlink(blobPath(layout, hex), snapshotPath(layout, COMMIT, MODEL));
    },
  },
  "a link that leaves the repo": {
    make: async (dir) => {
      const outside = join(await tempDir(), "file");
      await writeFile(outside, "12345");
      await symlink(outside, join(snapshotDir(await publishGolden(dir), COMMIT), "outside.txt"));
    },
  },
  "a file among the snapshots": {
    make: async (dir) => await writeFile(join((await publishGolden(dir)).snapshotsDir, "a"), ""),
    drops: { "acme/tiny": "stray-file" },
  },
  "a repo of a ref alone, as an aborted download leaves it": {
    make: async (dir) => {
      await publishGolden(dir, { repoId: "acme/sound", commit: OTHER });
      await rm((await publishGolden(dir)).snapshotsDir, { recursive: true });
    },
    drops: { "acme/tiny": "no-snapshots" },
  },
  "a repo folder with nothing in it": {
    make: (dir) => mkdir(join(dir, "models--acme--tiny")),
    drops: { "acme/tiny": "no-snapshots" },
  },
  "a file where refs belong": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      await rm(layout.refsDir, { recursive: true });
      await writeFile(layout.refsDir, "");
    },
    drops: { "acme/tiny": "stray-file" },
  },
  "a truncated blob": {
    make: async (dir) => await truncate(blobPath(await publishGolden(dir), hex), 50),
  },
  "a blob whose name is no digest": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      await rename(blobPath(layout, hex), join(layout.blobsDir, 'W_"weak"'));
      await rm(snapshotPath(layout, COMMIT, MODEL));
      await symlink('../../blobs/W_"weak"', snapshotPath(layout, COMMIT, MODEL));
    },
  },
  "a blob that no snapshot uses": {
    make: async (dir) =>
      await writeFile(blobPath(await publishGolden(dir), "b".repeat(64)), "unused"),
  },
  "a repo folder that is a link to another disk": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      const disk = join(await tempDir(), "moved");
      await rename(layout.repoDir, disk);
      await symlink(disk, layout.repoDir);
    },
  },
  "a snapshot without files": {
    make: async (dir) =>
      await mkdir(join((await publishGolden(dir)).snapshotsDir, OTHER), { recursive: true }),
  },
  "notes of files that do not exist": {
    make: async (dir) => {
      const folder = join((await publishGolden(dir)).repoDir, ".no_exist", COMMIT);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "adapter_config.json"), "");
    },
  },
  "two repos on one commit": {
    make: async (dir) => {
      await publishGolden(dir);
      await publishGolden(dir, { repoId: "acme/twin" });
    },
  },
  "a cache that may not be written": {
    make: async (dir) => {
      const layout = await publishGolden(dir);
      for (const folder of [layout.blobsDir, layout.refsDir, layout.repoDir, dir]) {
        await chmod(folder, 0o555);
      }
    },
  },
  "a name that has a sibling with the same beginning": {
    make: async (dir) => {
      await publishGolden(dir, { repoId: "acme/tiny" });
      await publishGolden(dir, { repoId: "acme/tiny-4bit", commit: OTHER });
    },
  },
};

const SCAN = `
import json, sys
from huggingface_hub import scan_cache_dir
def describe(directory):
    info = scan_cache_dir(directory)
    return {
        "sizeOnDisk": info.size_on_disk,
        "repos": sorted([{
            "repoId": repo.repo_id, "repoType": repo.repo_type, "sizeOnDisk": repo.size_on_disk, "files": repo.nb_files,
            "refs": {name: revision.commit_hash for name, revision in sorted(repo.refs.items())},
            "revisions": sorted([[r.commit_hash, r.size_on_disk, len(r.files)] for r in repo.revisions]),
        } for repo in info.repos], key=lambda repo: (repo["repoId"], repo["repoType"])),
    }
print(json.dumps({directory: describe(directory) for directory in json.load(sys.stdin)}))
`;

interface Described {
  readonly sizeOnDisk: number;
  readonly repos: readonly { readonly repoId: string; readonly sizeOnDisk: number }[];
}

function describeOurs(scan: CacheScan, { files, bytes } = { files: 0, bytes: 0 }): Described {
  const repos = scan.repos
    .map((repo) => ({
      repoId: repo.repoId,
      repoType: repo.repoType as string,
      sizeOnDisk: repo.sizeOnDisk + bytes,
      files: repo.files + files,
      refs: repo.refs,
      revisions: repo.revisions
        .map((one) => [one.commit, one.sizeOnDisk + bytes, one.files + files] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    }))
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  return { sizeOnDisk: scan.sizeOnDisk + bytes, repos };
}

function order({ repoId, repoType }: { repoId: string; repoType: string }): string {
  return `${repoId}\0${repoType}`;
}

const envs = (["hub-2.4.0", "hub-1.33.0"] as const).map((name) => ({ name, env: pythonEnv(name) }));

test.each(envs)(
  "on crafted caches our scan says what $name says, and names why where that leaves a repo out",
  async ({ env, name: envName }) => {
    if (env === undefined) return;
    expect(envName).toBe(env.name);
    const folders = new Map<string, string>();
    for (const [name, { make }] of Object.entries(CASES)) {
      const cacheDir = await tempDir();
      await make(cacheDir);
      folders.set(name, cacheDir);
    }
    const input = JSON.stringify([...folders.values()]);
    const { stdout, stderr } = await run(env.python, ["-c", SCAN], { input });
    expect(stderr).not.toMatch(/Traceback/);
    const theirs = JSON.parse(stdout) as Readonly<Record<string, Described>>;

    const expected: Record<string, unknown> = {};
    const actual: Record<string, unknown> = {};
    for (const [name, cacheDir] of folders) {
      const { drops = {}, counts } = CASES[name] ?? {};
      const scan = await scanCache(cacheDir);
      const { repos, sizeOnDisk } = describeOurs(scan, counts);
      const kept = repos.filter(({ repoId }) => !Object.hasOwn(drops, repoId));
      const their = theirs[cacheDir];
      // Of a repo that it leaves out, Python does not count the bytes either.
      const whole = kept.length === repos.length;
      expected[name] = whole ? their : their?.repos;
      actual[name] = whole ? { repos, sizeOnDisk } : kept;
      for (const [repoId, code] of Object.entries(drops)) {
        const codes = scan.repos.find((repo) => repo.repoId === repoId)?.findings;
        expect(codes?.map((finding) => finding.code)).toContain(code);
      }
    }
    expect(actual).toEqual(expected);
    expect(Object.keys(actual).length).toBeGreaterThanOrEqual(25);
  },
);
