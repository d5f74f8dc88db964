import { once } from "node:events";
import { join } from "node:path";
import { pythonEnv } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { modelFiles, ndjson, startStage } from "./stage.ts";

const env = pythonEnv("hub-2.4.0");
const repo = "mlx-community/Tiny-4bit";
const shard = 300_000;

async function startPythonStage() {
  const stage = await startStage();
  const { commit } = await stage.hub.addRepo(repo, modelFiles(shard), { tags: ["mlx"] });
  Object.assign(stage.env, { PYTHON_PATH: env?.python, HF_HUB_DISABLE_TELEMETRY: "1" });
  const snapshot = join(stage.cacheDir, "models--mlx-community--Tiny-4bit/snapshots", commit);
  return { ...stage, snapshot };
}

test.skipIf(!env)(
  "--backend python prints what the native one prints, but fetches by Python",
  async () => {
    const { run, snapshot, hub } = await startPythonStage();
    const { code, stdout, stderr } = await run([repo, "--backend", "python"]);
    expect([code, stdout], stderr).toEqual([0, `${snapshot}\n`]);
    expect(stderr).toMatch(/^Plan: 6 files, 600 kB: 600 kB to fetch, .* free$/m);
    expect(stderr).toMatch(/^Verified 6 files in [\d.]+ s: 600 kB fetched/m);
    expect(
      hub.log.entries.every((entry) => /mlx-download\/.*hf_hub\//.test(entry.userAgent ?? "")),
    ).toBe(true);
    expect(await run([repo, "-q"])).toMatchObject({ code: 0, stdout, stderr: "" });
  },
);

test.skipIf(!env)("plans, lists and streams events through Python", async () => {
  const { run } = await startPythonStage();
  const plan = await run([repo, "--backend=python", "--dry-run", "--json"]);
  expect(JSON.parse(plan.stdout)).toMatchObject({
    schema: 1,
    bytes: { toFetch: expect.any(Number) },
  });
  const list = await run(["list", "--backend", "python", "-q"]);
  expect(list).toMatchObject({ code: 0, stdout: `${repo}\n` });
  const events = ndjson((await run([repo, "--backend", "python", "--events"])).stdout);
  expect(events.at(0)).toMatchObject({ type: "resolving" });
  expect(events.at(-1)).toMatchObject({ type: "result", result: { repoId: repo } });
});

test("without a Python it says what to do, with exit code 2", async () => {
  const { run, env: environment } = await startStage();
  environment["PYTHON_PATH"] = "/no/such/python";
  environment["MLX_DOWNLOAD_LIMIT_RATE"] = "1M";
  const { code, stdout, stderr } = await run([repo, "--backend", "python", "--json"]);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "python/not-found", exitCode: 2 } });
  expect(stderr).toContain("/no/such/python (PYTHON_PATH)");
  expect(stderr).toContain("warning: limit-rate is set");
});

test("the backend is a setting: the file says it, a variable wins over it, an option over both", async () => {
  const { hub, run, env: environment } = await startStage();
  await hub.addRepo(repo, modelFiles(1000));
  environment["PYTHON_PATH"] = "/no/such/python";
  expect((await run(["config", "set", "backend", "pyhton"])).code).toBe(2);
  expect((await run(["config", "set", "backend", "python"])).code).toBe(0);
  const shown = await run(["config", "show", "--origin"]);
  expect(shown.stdout).toMatch(/^backend +python +file \(.*config\.json\)$/m);
  expect((await run([repo, "-q"])).stderr).toContain("/no/such/python");
  expect((await run([repo, "-q", "--limit-rate", "1M"])).stderr).toContain("--backend native");
  expect((await run([repo, "-q", "--backend", "native"])).code).toBe(0);
  environment["MLX_DOWNLOAD_BACKEND"] = "native";
  expect((await run([repo, "-q"])).code).toBe(0);
});

test("a limit that Python cannot keep is refused", async () => {
  const { run } = await startStage();
  const { code, stderr } = await run([repo, "--backend", "python", "--limit-rate", "1M"]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/--limit-rate does nothing/)]);
});

test.skipIf(!env)("Ctrl-C ends it soon, with nothing of Python left", async () => {
  const { start, hub } = await startPythonStage();
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
  const on = ["resolve", "cdn"] as const;
  hub.faults.add({ on, method: "GET", path: "model-*", kind: "hold", afterBytes: 100_000, until });
  const child = start([repo, "--backend", "python"]);
  child.stdout.resume();
  child.stderr.resume();
  const entry = await hub.log.waitFor({ method: "GET", path: "model-*" });
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  letGo();
  expect(code).toBe(130);
  expect(entry.outcome).not.toBe("sent");
});
