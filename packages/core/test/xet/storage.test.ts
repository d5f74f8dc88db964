import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDigest, planRemoval, applyRemoval } from "@mlx-download/cache";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { readJournal } from "../../src/transfer/disk/journal.ts";
import { createRangeSet } from "../../src/transfer/disk/ranges.ts";
import { exists, failure, filesBelow, provedBlobs } from "../fixture.ts";
import { edited, noise, startXetRoad, words } from "./xet-hub.ts";

// A hundred with MLX_DOWNLOAD_LONG=1.
const KILLS = process.env["MLX_DOWNLOAD_LONG"] === "1" ? 100 : 3;

test(`killed ${KILLS} times, the next run goes on with what was decoded, and the proof holds`, async () => {
  const { hub, cacheDir, get } = await startXetRoad();
  const content = noise(6_000_000);
  await hub.addRepo("org/model", { "model.safetensors": content }, { xet: { chunksPerXorb: 12 } });
  const slow = hub.faults.add({ on: "xorb", kind: "slow", bytesPerSecond: 400_000 });
  const partials = join(cacheDir, "models--org--model/.partial");
  const journalled = async () => {
    const [name = ""] = (await filesBelow(partials)).filter((one) => one.endsWith(".journal"));
    if (name === "") return createRangeSet();
    const digest = parseDigest(`sha256:${name.split(".")[0]}`);
    return createRangeSet(await readJournal(join(partials, name), digest, content.length));
  };
  let have = createRangeSet();
  for (let kill = 0; kill < KILLS && have.covered < 0.9 * content.length; kill += 1) {
    const before = have.covered;
    const args = ["--conditions=@mlx-download/source", join(import.meta.dirname, "xet-child.ts")];
    const child = spawn(process.execPath, [...args, hub.url, cacheDir, "org/model"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    for await (const told of child.stdout) {
      if (String(told) !== "" && (await journalled()).covered > before) break;
    }
    child.kill("SIGKILL");
    await ended;
    have = await journalled();
    expect(have.covered).toBeGreaterThan(before);
    expect(await exists(join(cacheDir, "models--org--model/refs/main"))).toBe(false);
  }
  slow.remove();
  hub.log.clear();
  const { bytes, path } = await get("org/model", { xet: "on" });
  expect(bytes.resumed).toBe(have.covered);
  expect(bytes.resumed + bytes.fetched).toBe(content.length);
  expect((await readFile(join(path, "model.safetensors"))).equals(content)).toBe(true);
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
}, 600_000);

test("a sidecar is a ten-thousandth of its file at most, lies in the repo's folder, and goes with the blob", async () => {
  const { hub, cacheDir, get } = await startXetRoad();
  const content = noise(8_000_000);
  const { commit: revision } = await hub.addRepo("org/model", { "model.safetensors": content });
  await get("org/model", { xet: "on" });
  const sidecars = async () => (await filesBelow(cacheDir)).filter((one) => one.endsWith(".xet"));
  const [path = ""] = await sidecars();
  expect(path).toMatch(/^models--org--model\/\.mlx-download\/proofs\/[0-9a-f]{64}\.xet$/u);
  expect((await stat(join(cacheDir, path))).size).toBeLessThanOrEqual(content.length / 10_000);
  await hub.addRepo("org/model", { "model.safetensors": edited(content) });
  await get("org/model");
  expect(await sidecars()).toHaveLength(2);
  await applyRemoval(await planRemoval(cacheDir, [{ repoId: "org/model", revision }]));
  expect(await sidecars()).toHaveLength(1);
  expect(await sidecars()).not.toContain(path);
});

test("a base that changes while it is copied from is noticed, and the file is right", async () => {
  const { hub, cacheDir, get, events } = await startXetRoad();
  const base = noise(6_000_000);
  const next = edited(base);
  const xet = { chunksPerXorb: 30 };
  await hub.addRepo("org/model", { "model.safetensors": base }, { xet });
  const first = await get("org/model", { xet: "on" });
  const blob = join(
    first.path,
    "../../blobs",
    (first.files[0]?.digest ?? "").replace("sha256:", ""),
  );
  await hub.addRepo("org/model", { "model.safetensors": next }, { xet });
  const { path, bytes } = await get("org/model", {
    onEvent: (event) => {
      events.push(event);
      // Between the plan and the copy.
      if (event.type === "planned") void utimes(blob, new Date(), new Date());
    },
  });
  expect((await readFile(join(path, "model.safetensors"))).equals(next)).toBe(true);
  expect(events.map((event) => ("message" in event ? event.message : "")).join("\n")).toContain(
    "it changed meanwhile",
  );
  expect(bytes.total).toBe(bytes.copied + bytes.fetched);
  await provedBlobs(cacheDir, "org/model");
});

test("a base that is damaged on the disk costs bytes, and nothing wrong is published", async () => {
  const { hub, cacheDir, get } = await startXetRoad();
  const base = noise(6_000_000);
  const next = edited(base);
  const xet = { chunksPerXorb: 30 };
  await hub.addRepo("org/model", { "model.safetensors": base }, { xet });
  const first = await get("org/model", { xet: "on" });
  const hex = (first.files[0]?.digest ?? "").replace("sha256:", "");
  const blob = join(first.path, "../../blobs", hex);
  const damaged = Buffer.from(base);
  damaged[3_000_000] = (damaged[3_000_000] ?? 0) ^ 4;
  await writeFile(blob, damaged);
  await hub.addRepo("org/model", { "model.safetensors": next }, { xet });
  const { path } = await get("org/model");
  expect((await readFile(join(path, "model.safetensors"))).equals(next)).toBe(true);
  expect((await filesBelow(cacheDir)).filter((one) => one.includes(".partial/"))).toEqual([]);
});

test("where the plain route fails, the file comes through Xet storage", async () => {
  const { hub, get, events, cacheDir } = await startXetRoad();
  await hub.addRepo("org/model", { "model.safetensors": noise(2_000_000) });
  hub.faults.add({ on: "cdn", kind: "loginPage" });
  const { bytes } = await get("org/model");
  expect(bytes.fetched).toBe(2_000_000);
  expect(events.filter(({ type }) => type === "source-switched")).toHaveLength(1);
  await provedBlobs(cacheDir, "org/model");
});

test("another repo that shares xorbs is a base, too", async () => {
  const { hub, get } = await startXetRoad();
  const base = noise(6_000_000);
  const xet = { chunksPerXorb: 30 };
  await hub.addRepo("org/model", { "model.safetensors": base }, { xet });
  await get("org/model", { xet: "on" });
  await hub.addRepo("fork/model", { "model.safetensors": edited(base) }, { xet });
  const { bytes } = await get("fork/model");
  expect(bytes.copied).toBeGreaterThan(0.8 * base.length);
  expect(bytes.saved).toBeGreaterThan(0.8 * base.length);
});

const canMount = process.platform === "linux" && process.geteuid?.() === 0;
test.skipIf(!canMount)(
  "a disk that fills up is a coded error, and the next run goes on",
  async () => {
    const disk = await tempDir();
    await run("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]);
    onTestFinished(async () => void (await run("umount", [disk])));
    const { hub, get } = await startXetRoad();
    const cacheDir = join(disk, "hub");
    const content = words(9_000_000);
    await hub.addRepo("org/model", { "model.safetensors": content });
    const filler = join(disk, "filler");
    let filled: Promise<void> | undefined;
    const slow = hub.faults.add({ on: "xorb", kind: "slow", bytesPerSecond: 1_000_000 });
    const error = await failure(
      get("org/model", {
        xet: "on",
        cacheDir,
        onEvent: (event) => {
          if (event.type !== "progress" || event.bytes.fetched === 0) return;
          filled ??= writeFile(filler, Buffer.alloc(16 << 20)).catch(() => undefined);
        },
      }),
    );
    expect(error.code).toBe("disk/full");
    await run("rm", [filler]);
    slow.remove();
    const { path } = await get("org/model", { xet: "on", cacheDir });
    expect((await readFile(join(path, "model.safetensors"))).equals(content)).toBe(true);
  },
);

const env = pythonEnv("hub-2.4.0");
test.skipIf(!env)("a file that hf_xet uploaded comes byte by byte", async () => {
  const { hub, xet, get } = await startXetRoad();
  const dir = await tempDir();
  const path = join(dir, "model.safetensors");
  const content = Buffer.concat([words(2_000_000), noise(2_000_000), Buffer.alloc(1_000_000)]);
  await writeFile(path, content);
  const peer = fileURLToPath(
    new URL("../../../hub-server/test/interop/hf_xet_peer.py", import.meta.url),
  );
  const { token, expiresAt } = xet.writeToken();
  const args = [peer, xet.casUrl, token, String(expiresAt), "upload", path];
  const ran = await run(env?.python ?? "", args, {
    env: { ...process.env, HF_XET_TELEMETRY_ENABLED: "0" },
  });
  const [{ hash } = { hash: "" }] = JSON.parse(ran.stdout) as { readonly hash: string }[];
  const declared = { "model.safetensors": { xetHash: hash } };
  await hub.addRepo("org/model", { "model.safetensors": content }, { declared, xet: false });
  const result = await get("org/model", { xet: "on" });
  expect((await readFile(join(result.path, "model.safetensors"))).equals(content)).toBe(true);
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
});
