import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { modelFiles, ndjson, startStage } from "./stage.ts";

const repo = "mlx-community/Large-4bit";
const size = 12_000_000;
const token = "hf_abcdefghijklmnopqrstuvwxyz12345678";

test("--trace writes what a download decides, line by line, for its owner alone and without secrets", async () => {
  const { hub, run, env } = await startStage();
  const mirror = await startTestHub();
  onTestFinished(() => mirror.close());
  for (const one of [hub, mirror]) await one.addRepo(repo, modelFiles(size));
  hub.faults.add({ kind: "status", status: 503, on: "cdn", times: 1 });
  // One connection is not enough for such lines, so that the tuner opens more.
  for (const one of [hub, mirror])
    one.faults.add({ kind: "slow", bytesPerSecond: 10_000_000, on: "cdn" });
  const file = join(await tempDir(), "trace.ndjson");
  const endpoints = ["--endpoint", hub.url, "--endpoint", mirror.url];
  const result = await run(["get", repo, "--trace", file, "--token", token, ...endpoints]);
  expect(result.code, result.stderr).toBe(0);

  const text = await readFile(file, "utf8");
  const lines = ndjson(text) as readonly Record<string, unknown>[];
  const of = (type: string): readonly Record<string, unknown>[] =>
    lines.filter((line) => line["type"] === type);
  expect(lines.every((line) => line["schema"] === 1 && Number(line["at"]) > 1e12)).toBe(true);
  expect(lines[0]).toMatchObject({ type: "trace", words: expect.arrayContaining(["get", repo]) });
  expect(lines.at(-1)).toMatchObject({ type: "end", exitCode: 0 });
  // The reads of the large file are the file, and the leases are what was read.
  const weights = (line: Record<string, unknown>): boolean =>
    String(line["path"]).endsWith(".safetensors");
  const received = of("read").filter(weights);
  expect(received.reduce((sum, line) => sum + Number(line["received"]), 0)).toBe(2 * size);
  expect(of("lease").filter(weights).length).toBeGreaterThan(0);
  expect(of("connections")[0]).toMatchObject({ from: 1, phase: expect.any(String) });
  expect(Number(of("connections")[0]?.["to"])).toBeGreaterThan(1);
  const [choice] = of("source");
  expect(choice?.["sources"]).toHaveLength(2);
  expect(of("event").map(({ event }) => (event as { type: string }).type)).toContain("planned");
  expect(text).not.toContain(token);
  expect(text).not.toContain(String(env["HOME"]));
  if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a failure is the last line of a trace that the environment asks for, and a file that cannot be made is exit 6", async () => {
  const { run, env } = await startStage();
  const file = join(await tempDir(), "trace.ndjson");
  Object.assign(env, { MLX_DOWNLOAD_TRACE: file });
  const failed = await run(["get", "org/not-there"]);
  expect(failed.code).toBe(4);
  expect(ndjson(await readFile(file, "utf8")).at(-1)).toMatchObject({ type: "end", exitCode: 4 });
  const refused = await run(["get", repo, "--trace", join(file, "below"), "--json"]);
  expect(refused.code).toBe(6);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "cli/output-failed" } });
});
