import { readdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

async function filledStage() {
  const stage = await startStage();
  for (const [name, size] of [
    ["a-small", 1_000],
    ["b-large", 30_000],
    ["c-medium", 10_000],
  ] as const) {
    await stage.hub.addRepo(`org/${name}`, modelFiles(size));
    await stage.run([`org/${name}`, "-q"]);
  }
  return stage;
}

test("cache ls sorts, and shows so many as are asked for", async () => {
  const { run } = await filledStage();
  const ids = async (...args: string[]): Promise<string> =>
    (await run(["cache", "ls", "-q", ...args])).stdout.trim().replaceAll("\n", " ");
  expect(await ids()).toBe("org/a-small org/b-large org/c-medium");
  expect(await ids("--sort", "size")).toBe("org/b-large org/c-medium org/a-small");
  expect(await ids("--sort", "size", "--limit", "1")).toBe("org/b-large");
  const refused = await run(["cache", "ls", "--sort", "downloads"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--sort downloads is not one of size, used, name");
});

test("cache ls --revisions has a line for each revision, with its refs", async () => {
  const { run, hub } = await filledStage();
  const { commit } = await hub.addRepo("org/a-small", modelFiles(2_000));
  await run(["org/a-small", "-q"]);
  const { stdout } = await run(["cache", "ls", "--revisions"]);
  const own = stdout.split("\n").filter((line) => line.startsWith("org/a-small"));
  expect(own).toHaveLength(2);
  expect(own.filter((line) => line.includes("main"))).toEqual([
    expect.stringContaining(commit.slice(0, 7)),
  ]);
  const ids = await run(["cache", "ls", "--revisions", "-q"]);
  expect(ids.stdout).toContain(`org/a-small@${commit}\n`);
});

test("cache ls says how much of the cache it shows, and what prune would remove from all of it", async () => {
  const { run, cacheDir } = await filledStage();
  const snapshots = join(cacheDir, "models--org--c-medium/snapshots");
  const [commit = ""] = await readdir(snapshots);
  const weights = join(snapshots, commit, "model-00001-of-00002.safetensors");
  await writeFile(await realpath(weights), "damaged");
  expect((await run(["repair", "org/c-medium", "-q"])).code).toBe(0);

  const all = await run(["cache", "ls"]);
  expect(all.stderr).toMatch(/^3 repos, 8\d\.\d kB in \S+; 7 B in quarantine \(mlx-download /);
  for (const args of [
    ["--limit", "1"],
    ["--where", "name=org/a-small"],
  ]) {
    const { stdout, stderr } = await run(["cache", "ls", ...args]);
    expect(stdout).toContain("org/a-small");
    expect(stderr).toMatch(/^1 of 3 repos, 2\.\d+ kB of 8\d\.\d kB in \S+; 7 B in quarantine/);
  }
});
