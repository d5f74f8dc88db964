import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../serve.ts";
import { failure, provedBlobs, type Road, startRoad } from "../fixture.ts";

// The caching mirror olah in front of the embedded Hub: what it keeps it serves for ever, right or wrong.

const env = pythonEnv("olah");
const SIZE = 12_000_000;
const FILES = {
  "config.json": { size: 20_000, seed: 1 },
  "model.safetensors": { size: SIZE, seed: 2 },
} as const;

/** Starts olah with `hub` as its upstream on a port that is free; resolves to its address once it listens. */
async function startOlah(hub: Road["hub"]): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const host = await startOlahAt(hub, await freePort());
    if (host) return host;
  }
  throw new Error("olah found five free ports taken");
}

/** Starts olah on `port`; undefined when another program took it meanwhile. */
async function startOlahAt(hub: Road["hub"], port: number): Promise<string | undefined> {
  const folder = await tempDir();
  await mkdir(folder, { recursive: true });
  const host = `127.0.0.1:${port}`;
  const args = {
    "--host": "127.0.0.1",
    "--port": String(port),
    "--hf-scheme": "http",
    "--hf-netloc": new URL(hub.url).host,
    "--hf-lfs-netloc": new URL(hub.cdnUrl).host,
    "--mirror-scheme": "http",
    "--mirror-netloc": host,
    "--mirror-lfs-netloc": host,
    "--repos-path": join(folder, "repos"),
    "--log-path": join(folder, "logs"),
  };
  const child = spawn(join(env?.bin ?? "", "olah-cli"), Object.entries(args).flat(), {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  return await new Promise((resolve, reject) => {
    const hear = (text: Buffer): void => {
      said += text.toString();
      if (said.includes("Uvicorn running on")) resolve(`http://${host}`);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => {
      if (said.includes("address already in use")) resolve(undefined);
      else reject(new Error(`olah ended with ${code}: ${said}`));
    });
  });
}

test.skipIf(!env)(
  "a model comes through it whole",
  async () => {
    const road = await startRoad();
    await road.hub.addRepo("acme/big", FILES);
    const olah = await startOlah(road.hub);
    const { bytes } = await road.get("acme/big", { endpoint: olah });
    expect(bytes.fetched).toBe(bytes.total);
    expect(await provedBlobs(road.cacheDir, "acme/big")).toHaveLength(2);
  },
  120_000,
);

test.skipIf(!env)(
  "bytes that it got wrong and keeps are found out, and come from the Hub itself",
  async () => {
    const road = await startRoad();
    const { hub, get, cacheDir, events } = road;
    await hub.addRepo("acme/big", FILES);
    const olah = await startOlah(hub);
    const flips = Array.from({ length: 12 }, (_, index) =>
      hub.faults.add({ on: ["cdn", "resolve"], kind: "wrongBytes", offset: index * 1_000_000 }),
    );
    // It takes the wrong bytes into its cache; alone it can never be put right.
    const alone = () => failure(get("acme/big", { endpoint: olah }));
    expect((await alone()).code).toBe("transfer/checksum-mismatch");
    for (const flip of flips) flip.remove();
    expect((await alone()).code).toBe("transfer/checksum-mismatch");

    const both = [olah, hub.url];
    // Slow enough that both are asked.
    hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 5_000_000 });
    const fresh = join(cacheDir, "../fresh");
    await get("acme/big", { endpoint: both, cacheDir: fresh });
    expect(await provedBlobs(fresh, "acme/big")).toHaveLength(2);
    const liars = events.flatMap((event) =>
      event.type === "source-switched" && event.code === "transfer/checksum-mismatch"
        ? [event.from]
        : [],
    );
    expect(new Set(liars)).toEqual(new Set([new URL(olah).host]));

    // What the failed runs kept is put right, not thrown away.
    await get("acme/big", { endpoint: both });
    expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
  },
);
