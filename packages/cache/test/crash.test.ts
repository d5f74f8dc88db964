import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestFile, readRef, repoLayout, scanCache, snapshotStatus } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { FILES } from "./golden-model.ts";

const SCRIPT = fileURLToPath(new URL("publish-forever.ts", import.meta.url));

/** Starts a process that publishes without end, and kills it while it does what follows its n-th line. */
async function publishAndDie(cacheDir: string, links: string, lines: number): Promise<void> {
  const args = ["--conditions=@mlx-download/source", SCRIPT, cacheDir, links];
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
}

async function expectSound(cacheDir: string, links: string): Promise<void> {
  const layout = repoLayout(cacheDir, "acme/tiny");
  const { repos, findings } = await scanCache(cacheDir);
  expect(findings).toEqual([]);
  const codes = new Set(repos[0]?.findings.map(({ code }) => code));
  codes.delete("leftover"); // in .partial
  codes.delete("unfinished-download");
  codes.delete("unreferenced-blob"); // killed between the blob and its link
  expect([...codes]).toEqual([]);
  for (const name of links === "links" ? await readdir(layout.blobsDir) : []) {
    const algorithm = name.length === 64 ? "sha256" : "git-sha1";
    expect((await digestFile(join(layout.blobsDir, name), algorithm)).hex).toBe(name);
  }
  const commit = await readRef(layout, "main");
  expect(commit).toBeDefined();
  expect(await readFile(join(layout.refsDir, "main"), "utf8")).toBe(commit);
  const status = await snapshotStatus(layout, commit ?? "");
  expect(status).toMatchObject({ status: "complete", missing: [] });
  expect(status.files).toHaveLength(FILES.length);
}

test.each(["links", "no-links"])(
  "processes that publish at once and are killed leave a sound cache (%s)",
  async (links) => {
    const cacheDir = await tempDir();
    for (const lines of [7, 8, 11, 30]) {
      const runs = [lines, lines + 3].map((n) => publishAndDie(cacheDir, links, n));
      await Promise.all(runs);
      await expectSound(cacheDir, links);
    }
  },
);
