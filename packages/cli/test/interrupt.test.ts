import { once } from "node:events";
import { expect, test } from "vitest";
import { modelFiles, ndjson, readUntil, startStage, type Stage } from "./stage.ts";

const repo = "mlx-community/Large-4bit";
const size = 24_000_000;

/** A stage whose CDN never finishes until `release` is called. */
async function heldStage(): Promise<Stage & { release: () => void }> {
  const stage = await startStage();
  await stage.hub.addRepo(repo, modelFiles(size));
  let release = (): void => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  stage.hub.faults.add({ kind: "hold", until, afterBytes: 3_000_000, on: "cdn" });
  return {
    ...stage,
    release: () => {
      stage.hub.faults.clear();
      release();
    },
  };
}

/** Has a progress event said that more than nothing came? */
const moved = /"type":"progress".*"fetched":[1-9]\d{6,}/;

test("Ctrl-C promises nothing of a download with --force, and names the model whole", async () => {
  const { start, release } = await heldStage();
  const child = start(["large-4bit", "--events", "--force"]);
  const stderr = readUntil(child.stderr, "Start over with");
  await readUntil(child.stdout, moved);
  const rest = readUntil(child.stdout, `"type":"error"`);
  child.kill("SIGINT");
  await rest;
  expect(await stderr).toContain(`Start over with: mlx-download ${repo} --events --force\n`);
  expect(await stderr).not.toContain("Kept");
  await once(child, "close");
  release();
});

test("Ctrl-C keeps what came, names the command that goes on, and that command goes on", async () => {
  const { start, run, hub, release } = await heldStage();
  const child = start([repo, "--events"]);
  const stderr = readUntil(child.stderr, "Resume with");
  const before = readUntil(child.stdout, moved);
  await before;
  const rest = readUntil(child.stdout, `"type":"error"`);
  child.kill("SIGINT");
  const last = ndjson(await rest).at(-1);
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(130);
  expect(last).toMatchObject({
    schema: 1,
    type: "error",
    error: { code: "cli/interrupted", exitCode: 130, keptBytes: expect.any(Number) },
  });
  expect(await stderr).toContain(`Resume with: mlx-download ${repo} --events\n`);
  expect(await stderr).toMatch(/Stopped by Ctrl-C\. Kept [\d.]+ MB\./);

  release();
  hub.log.clear();
  const second = await run([repo, "--json"]);
  expect(second.code).toBe(0);
  const { bytes } = JSON.parse(second.stdout) as { bytes: Record<string, number> };
  expect(bytes["resumed"]).toBeGreaterThan(0);
  expect(second.stderr).toContain("from the last attempt");
});

test.each([
  ["SIGTERM", 143, "Stopped by SIGTERM."],
  ["SIGHUP", 129, "Stopped: the terminal was closed."],
] as const)("%s ends with %d and says what stays, and the next run goes on", async (...row) => {
  const [signal, exits, sentence] = row;
  const { start, run, release } = await heldStage();
  const child = start([repo, "--events"]);
  const stderr = readUntil(child.stderr, "Resume with");
  await readUntil(child.stdout, moved);
  child.stdout.resume();
  child.kill(signal);
  expect((await once(child, "close"))[0]).toBe(exits);
  expect(await stderr).toContain(`${sentence} Kept `);
  release();
  const next = await run([repo, "--json"]);
  const { bytes } = JSON.parse(next.stdout) as { bytes: Record<string, number> };
  expect(bytes["resumed"]).toBeGreaterThan(2_000_000);
});
