import { join } from "node:path";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { run } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { loadOrDownloadModel } from "../src/index.ts";
import { failureOf, startStage } from "./fixture.ts";

const WEIGHTS = "model.safetensors";
const SIZE = 2_000_000;

test("fifty callers of five models with aborts at random: each model is downloaded once, who leaves is let go at once", async () => {
  const { options, hub } = await startStage();
  const refs = ["a", "b", "c", "d", "e"].map((name) => `acme/${name}`);
  for (const [seed, ref] of refs.entries()) {
    await hub.addRepo(ref, { "config.json": "{}", [WEIGHTS]: { size: SIZE, seed } });
  }
  // Nothing arrives before all have asked and some have left.
  const gate = Promise.withResolvers<void>();
  hub.faults.add({ on: "cdn", kind: "hold", until: gate.promise, afterBytes: 0 });
  const arrived = Promise.all(
    refs.map((repoId) => hub.log.waitFor({ target: "cdn", path: WEIGHTS, repoId })),
  );
  const callers = Array.from({ length: 50 }, (_, index) => {
    const controller = new AbortController();
    const ref = refs[index % refs.length] ?? "";
    const path = loadOrDownloadModel(ref, { ...options, signal: controller.signal });
    path.catch(() => undefined);
    // Seven of ten stay, whoever it is: two in every round of ten leave, and the first of all.
    return { ref, controller, path, leaves: index === 0 || (index * 7) % 10 < 3 };
  });
  await arrived;
  for (const { controller, leaves } of callers) {
    if (leaves) controller.abort(new Error("left"));
  }
  // While the Hub still holds every byte back.
  for (const { path, leaves } of callers) {
    if (leaves) await expect(path).rejects.toThrow("left");
  }
  gate.resolve();
  const stayed = callers.filter(({ leaves }) => !leaves);
  expect(new Set(stayed.map(({ ref }) => ref)).size).toBe(refs.length);
  for (const { path } of stayed) expect(await path).toContain("snapshots");
  for (const repoId of refs) {
    const sent = hub.log.of({ target: "cdn", path: WEIGHTS, repoId });
    expect(sent.reduce((sum, entry) => sum + entry.bytesSent, 0)).toBe(SIZE);
  }
});

test("the download ends when the last one has left, and the next caller starts anew", async () => {
  const { options, hub } = await startStage();
  await hub.addRepo("acme/big", { "config.json": "{}", [WEIGHTS]: { size: SIZE, seed: 1 } });
  const hold = hub.faults.add({ on: "cdn", kind: "stall", afterBytes: 1000 });
  const [first, second] = [new AbortController(), new AbortController()];
  const heard: string[] = [];
  const one = loadOrDownloadModel("acme/big", { ...options, signal: first.signal });
  const request = await hub.log.waitFor({ target: "cdn", path: WEIGHTS });
  const two = loadOrDownloadModel("acme/big", {
    ...options,
    signal: second.signal,
    onEvent: (event) => heard.push(event.type),
  });
  // Who joins late still hears what it is about.
  await expect.poll(() => heard).toEqual(expect.arrayContaining(["resolved", "planned"]));
  first.abort(new Error("first left"));
  await expect(one).rejects.toThrow("first left");
  expect(request.outcome).toBeUndefined();
  second.abort(new Error("second left"));
  await expect(two).rejects.toThrow("second left");
  hold.remove();
  expect(await loadOrDownloadModel("acme/big", options)).toContain("snapshots");
});

test("what decides the outcome is not shared: another selection is another download", async () => {
  const { options, hub } = await startStage();
  await hub.addRepo("acme/x", tinyModelFiles());
  const [all, some] = await Promise.all([
    loadOrDownloadModel("acme/x", options),
    loadOrDownloadModel("acme/x", { ...options, include: "*.json" }),
  ]);
  expect(all).toBe(some);
});

test("a branch and the commit it points at, asked for at once, are downloaded once", async () => {
  const { options, hub } = await startStage();
  const files = { "config.json": "{}", [WEIGHTS]: { size: SIZE, seed: 1 } };
  const { commit } = await hub.addRepo("acme/big", files);
  const [one, two] = await Promise.all([
    loadOrDownloadModel("acme/big", options),
    loadOrDownloadModel(`acme/big@${commit}`, options),
  ]);
  expect(one).toBe(two);
  const sent = hub.log.of({ target: "cdn", path: WEIGHTS });
  expect(sent.reduce((sum, entry) => sum + entry.bytesSent, 0)).toBe(SIZE);
});

test("two programs that want a model at once download it once", async () => {
  const { options, hub, cacheDir } = await startStage();
  await hub.addRepo("acme/big", { "config.json": "{}", [WEIGHTS]: { size: SIZE, seed: 1 } });
  const script = join(import.meta.dirname, "load-child.ts");
  const args = ["--conditions=@mlx-download/source", script, hub.url, cacheDir, "acme/big"];
  const [ours, ...theirs] = await Promise.all([
    loadOrDownloadModel("acme/big", options),
    run(process.execPath, args),
    run(process.execPath, args),
  ]);
  for (const { stdout, stderr } of theirs) expect(stdout.trim(), stderr).toBe(ours);
  const sent = hub.log.of({ target: "cdn", path: WEIGHTS });
  expect(sent.reduce((sum, entry) => sum + entry.bytesSent, 0)).toBe(SIZE);
});

test("an aborted caller gets the signal's own reason, also when it comes too late", async () => {
  const { options } = await startStage();
  const reason = new Error("never mind");
  const error = await failureOf(
    loadOrDownloadModel("acme/tiny", { ...options, signal: AbortSignal.abort(reason) }),
  );
  expect(error).toBe(reason);
});
