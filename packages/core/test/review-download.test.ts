import { join } from "node:path";
import { simulateMachine } from "@mlx-download/fit";
import { tinyModelFiles, writeHollowModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { readMachine } from "../src/find/read-machine.ts";
import { planModel } from "../src/download/plan-model.ts";
import { failure, filesBelow, startRoad } from "./fixture.ts";

const mac = async (memory: string): Promise<ReturnType<typeof simulateMachine>> =>
  simulateMachine(await readMachine(), { memory });

describe("requireFit", () => {
  test("refuses before a byte of the weights what this machine cannot hold", async () => {
    const { hub, get, cacheDir } = await startRoad();
    const large = await writeHollowModel(join(await tempDir(), "large"));
    await hub.addRepo("acme/large", large.files, { declared: large.declared });
    const fit = { machine: await mac("32G") };
    const error = await failure(get("acme/large", { requireFit: true, fit }));
    expect(error).toMatchObject({
      code: "review/does-not-fit",
      repoId: "acme/large",
      data: { fit: { verdict: "no", limitBytes: Math.floor((64 / 3) * 2 ** 30) } },
    });
    const weights = hub.log.of(({ path }) => path.endsWith(".safetensors"));
    // Headers only: less than one per cent of one per cent.
    expect(weights.reduce((sum, { bytesSent }) => sum + bytesSent, 0)).toBeLessThan(100_000);
    expect(await filesBelow(cacheDir)).toEqual([]);
  });

  test("names the context that would fit", async () => {
    const { hub, get } = await startRoad();
    const large = await writeHollowModel(join(await tempDir(), "large"));
    await hub.addRepo("acme/large", large.files, { declared: large.declared });
    const fit = { machine: await mac("96G"), contextLength: 131_072 };
    const error = await failure(get("acme/large", { requireFit: true, fit }));
    expect(error.hint).toMatch(/^It fits up to \d+ tokens/);
  });

  test("refuses what mlx-lm cannot load, and what nobody can describe", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/odd", { ...tinyModelFiles(), "config.json": '{"model_type":"odd"}' });
    await hub.addRepo("acme/data", { "data.csv": "1" });
    const odd = await failure(get("acme/odd", { requireFit: true }));
    expect(odd.code).toBe("review/cannot-load");
    const data = await failure(get("acme/data", { requireFit: true }));
    expect(data.code).toBe("inspect/no-config");
  });

  test("lets through what fits, and says what it found", async () => {
    const { hub, get, events } = await startRoad();
    await hub.addRepo("acme/tiny", tinyModelFiles());
    await get("acme/tiny", { requireFit: true, fit: { machine: await mac("16G") } });
    expect(events.find(({ type }) => type === "reviewed")).toMatchObject({
      fit: { verdict: "yes", contextLength: 2048 },
      loads: { verdict: "yes" },
      security: { verdict: "safe" },
      machine: { simulated: true },
    });
  });
});

describe("trust", () => {
  const withPickle = { ...tinyModelFiles(), "extra/old.pkl": "x", "run.sh": "x" };

  test("data refuses what could run code, unless it is not selected", async () => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/pickle", withPickle);
    const error = await failure(get("acme/pickle", { trust: "data" }));
    expect(error).toMatchObject({
      code: "review/not-trusted",
      data: { findings: [{ path: "extra/old.pkl" }, { path: "run.sh" }] },
    });
    expect(await filesBelow(cacheDir)).toEqual([]);
    await get("acme/pickle", { trust: "data", exclude: ["*.pkl", "*.sh"] });
    await get("acme/pickle", { trust: "scanned" });
    await get("acme/pickle");
  });

  test("data refuses code that the config asks for", async () => {
    const { hub, get } = await startRoad();
    const { "config.json": config, ...rest } = tinyModelFiles();
    const asking = { ...(JSON.parse(String(config)) as object), auto_map: { A: "modeling_x.M" } };
    await hub.addRepo("acme/code", {
      ...rest,
      "config.json": JSON.stringify(asking),
      "modeling_x.py": "import os",
    });
    const error = await failure(get("acme/code", { trust: "data" }));
    expect(error.data["findings"]).toMatchObject([{ code: "remote-code", path: "modeling_x.py" }]);
  });

  test("scanned refuses what the Hub's scanners condemn, in a repo without config too", async () => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/bad", { "weights.bin": "x" });
    hub.faults.add({
      on: "api",
      path: /paths-info/,
      kind: "status",
      status: 200,
      body: JSON.stringify([
        { type: "file", path: "weights.bin", securityFileStatus: { status: "unsafe" } },
      ]),
    });
    const error = await failure(get("acme/bad", { trust: "scanned" }));
    expect(error).toMatchObject({ code: "review/not-trusted", data: { trust: "scanned" } });
  });

  test.each([
    ["queued", "scan-pending"],
    ["error", "scan-failed"],
    [undefined, "scan-missing"],
  ])("scanned refuses a pickle whose scan is %s, data files it takes", async (status, code) => {
    const { hub, get } = await startRoad();
    await hub.addRepo("acme/new", { ...tinyModelFiles(), "old.pkl": "x" });
    const item = (path: string) => ({ path, securityFileStatus: status && { status } });
    hub.faults.add({
      on: "api",
      path: /paths-info/,
      kind: "status",
      status: 200,
      body: JSON.stringify([item("old.pkl"), item("model.safetensors")]),
    });
    const error = await failure(get("acme/new", { trust: "scanned" }));
    expect(error.data["findings"]).toMatchObject([{ code, path: "old.pkl" }]);
    await get("acme/new", { trust: "scanned", exclude: "*.pkl" });
  });

  test("scanned asks the scanners also when the cache knows the listing", async () => {
    const { hub, get } = await startRoad();
    const { commit } = await hub.addRepo("acme/bad", { ...tinyModelFiles(), "old.pkl": "x" });
    await get("acme/bad", { exclude: "*.pkl" });
    const body = JSON.stringify([
      { path: "old.pkl", securityFileStatus: { status: "suspicious" } },
    ]);
    hub.faults.add({ on: "api", path: /paths-info/, kind: "status", status: 200, body });
    const error = await failure(get(`acme/bad@${commit}`, { trust: "scanned" }));
    expect(error.data["findings"]).toMatchObject([{ code: "scan-suspicious" }]);
  });

  test("scanned looks at every header", async () => {
    const { hub, get } = await startRoad();
    const bad = Buffer.alloc(64, 255);
    await hub.addRepo("acme/bad", {
      ...tinyModelFiles(),
      "model-00002-of-00002.safetensors": bad,
    });
    const error = await failure(get("acme/bad", { trust: "scanned" }));
    expect(error.data["findings"]).toMatchObject([{ code: "bad-header" }]);
  });

  test("a policy that nobody knows is no policy", async () => {
    const { get } = await startRoad();
    const error = await failure(get("acme/x", { trust: "all" as "any" }));
    expect(error.code).toBe("settings/invalid");
  });
});

test("a review that nobody requires stops nothing", async () => {
  const { hub, get, events, cacheDir } = await startRoad();
  await hub.addRepo("acme/data", { "data.csv": "1" });
  await get("acme/data", { review: true });
  expect(events.find(({ type }) => type === "reviewed")).toMatchObject({ fit: null, loads: null });
  const plan = await planModel("acme/data", {
    env: {},
    endpoint: hub.url,
    cacheDir,
    token: false,
    review: true,
  });
  expect(plan.files).toHaveLength(1);
});
