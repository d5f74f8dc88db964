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
