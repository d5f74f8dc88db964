import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestFile, listPins, repoLayout, scanCache, snapshotStatus } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { type CacheStep, commitOf, REPOS, takeStep } from "./cache-steps.ts";

const SCRIPT = fileURLToPath(new URL("step-forever.ts", import.meta.url));

async function names(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

/** No ref dangles, no blob in use is gone or wrong, pins are kept, and the sizes add up. */
async function expectSound(cacheDir: string): Promise<void> {
  const { repos, findings, sizeOnDisk } = await scanCache(cacheDir);
  expect(findings.filter(({ code }) => code !== "shared-commit" && code !== "no-cache")).toEqual(
    [],
  );
  let bytes = 0;
  for (const { repoId, refs, revisions, findings: mine, sizeOnDisk: size } of repos) {
    const layout = repoLayout(cacheDir, repoId);
    // Killed between a blob and its link, or between two folders: superfluous, not wrong.
    const harmless = [
      "leftover",
      "unfinished-download",
      "unreferenced-blob",
      "shared-commit",
      "no-snapshots",
    ];
    expect(mine.filter(({ code }) => !harmless.includes(code))).toEqual([]);
    for (const commit of Object.values(refs)) {
      expect(revisions.map((revision) => revision.commit)).toContain(commit);
    }
    const main = refs["main"];
    if (main !== undefined) {
      const { missing } = await snapshotStatus(layout, main);
      expect(missing.filter((path) => path !== "config.json")).toEqual([]);
    }
    const used = new Set<string>();
    for (const { path } of revisions) {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      for (const entry of entries.filter((one) => one.isSymbolicLink())) {
        const file = join(entry.parentPath, entry.name);
        used.add((await readlink(file)).split("/").at(-1) ?? "");
      }
    }
    let own = 0;
    for (const name of used) {
      const blob = join(layout.blobsDir, name);
      const algorithm = name.length === 64 ? "sha256" : "git-sha1";
      expect((await digestFile(blob, algorithm)).hex).toBe(name);
      own += (await lstat(blob)).size;
    }
    expect(size).toBe(own);
    bytes += own;
  }
  expect(sizeOnDisk).toBe(bytes);
}

const repo = fc.nat({ max: REPOS.length - 1 });
const commit = fc.nat({ max: 3 });
const step: fc.Arbitrary<CacheStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("publish" as const), repo, commit, ref: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "remove" as const,
        "removeFile" as const,
        "pin" as const,
        "unpin" as const,
      ),
      repo,
      commit,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("removeRepo" as const, "pinMain" as const, "unpinMain" as const),
      repo,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("evict" as const), maxBytes: fc.nat({ max: 2000 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "prune" as const }) },
);

test("whatever is published, removed, pinned, pruned and evicted, the cache stays sound", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const cacheDir = await tempDir();
      for (const one of steps) {
        const pinned = (await listPins(cacheDir)).filter((pin) => pin.commit !== null);
        const before = new Set<string>();
        for (const pin of pinned) {
          const layout = repoLayout(cacheDir, pin.repoId);
          if ((await names(layout.snapshotsDir)).includes(pin.commit ?? "")) {
            before.add(join(layout.snapshotsDir, pin.commit ?? ""));
          }
        }
        await takeStep(cacheDir, one);
        await expectSound(cacheDir);
        for (const path of before) expect((await names(path)).length, path).toBeGreaterThan(0);
      }
    }),
    { numRuns: 15 },
  );
});

test("processes that do all that at once and are killed leave a sound cache", async () => {
  const cacheDir = await tempDir();
  for (const [at, lines] of [3, 6, 9, 4, 7, 12].entries()) {
    const children = [at * 2 + 1, at * 2 + 2].map(async (seed) => {
      const args = ["--conditions=@mlx-download/source", SCRIPT, cacheDir, String(seed * 7919)];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      const gone = once(child, "close");
      let seen = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        seen += chunk.filter((byte) => byte === 10).length;
        if (seen >= lines) child.kill("SIGKILL");
      });
      await gone;
      expect(seen).toBeGreaterThanOrEqual(lines);
    });
    await Promise.all(children);
    await expectSound(cacheDir);
  }
  // What a killed run left in the way of others is gone after the next one.
  for (const at of [0, 1, 2])
    await takeStep(cacheDir, { do: "publish", repo: 0, commit: at, ref: true });
  const { repos } = await scanCache(cacheDir);
  const tiny = repos.find(({ repoId }) => repoId === REPOS[0]);
  expect(tiny?.refs["main"]).toBe(commitOf(2));
});
