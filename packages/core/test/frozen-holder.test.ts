import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readRequest } from "../src/request/download-request.ts";
import { prepareDownload } from "../src/download/plan-model.ts";
import { createHttpSource } from "../src/transfer/sources/http-source.ts";
import { createProgressTracker } from "../src/transfer/progress.ts";
import { createSourceSet } from "../src/transfer/sources/source-set.ts";
import { joinScheduler } from "../src/transfer/connections/scheduler.ts";
import { transfer } from "../src/transfer/transfer.ts";
import { provedBlobs, type Road, startRoad } from "./fixture.ts";

const SIZE = 12_000_000;

/** A transfer that passes over a holder without life after half a second. */
async function impatient({ hub, cacheDir }: Road): Promise<void> {
  const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
  const request = await readRequest("acme/big", options);
  const { plan, target, snapshot, client } = await prepareDownload(request);
  const { emit, signal, settings, force } = request;
  const { leave, ...place } = joinScheduler(settings.endpoint, request);
  const counts = { total: SIZE, cached: 0, files: 1, filesDone: 0 };
  const progress = createProgressTracker(counts, emit);
  const source = createSourceSet([createHttpSource(client, snapshot)], emit);
  try {
    await target.begin();
    await transfer(plan.blobs, {
      repoId: plan.repoId,
      source,
      target,
      ...place,
      progress,
      signal,
      force,
      emit,
      idleMs: settings.downloadTimeoutMs,
      abandonedAfterMs: 500,
    });
    await target.finish(snapshot.files);
  } finally {
    progress.stop();
    await leave();
    await client.close();
  }
}

test.skipIf(process.platform === "win32")(
  "a holder that is frozen is passed over, and both end well when it goes on",
  async () => {
    const road = await startRoad();
    const { hub, cacheDir } = road;
    await hub.addRepo("acme/big", { "model.safetensors": { size: SIZE, seed: 14 } });
    const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 1_000_000 });
    const child = spawn(
      process.execPath,
      [
        "--conditions=@mlx-download/source",
        join(import.meta.dirname, "download-child.ts"),
        hub.url,
        cacheDir,
        "acme/big",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    child.stdout.setEncoding("utf8");
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (lines: string) => {
        if (Number(lines.trim().split("\n").at(-1)) > 500_000) resolve();
      });
    });
    child.kill("SIGSTOP");
    slow.remove();
    await impatient(road);
    expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(1);

    child.kill("SIGCONT");
    expect((await ended)[0]).toBe(0);
    expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(1);
    expect(await readdir(join(cacheDir, "models--acme--big/.partial"))).toEqual([]);
  },
  60_000,
);
