import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { expect, onTestFinished, test } from "vitest";
import { headerLine, parseJournal } from "../src/transfer/disk/journal-text.ts";
import { createRangeSet } from "../src/transfer/disk/ranges.ts";
import { filesBelow, provedBlobs, startRoad } from "./fixture.ts";

const SIZE = 160 * 1024 * 1024;

test("after a power cut the bytes that were on the disk are not fetched again, and the others are", async () => {
  const { hub, cacheDir, get } = await startRoad();
  await hub.addRepo("acme/big", { "model.safetensors": { size: SIZE, seed: 41 } });
  // So slow that the kill comes before the whole is here.
  const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 10_000_000 });
  const folder = join(cacheDir, "models--acme--big/.partial");
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
  const journal = async (): Promise<{ path: string; text: string }> => {
    const name = (await filesBelow(folder)).find((one) => one.endsWith(".journal")) ?? "";
    const path = join(folder, name);
    return { path, text: name === "" ? "" : await readFile(path, "latin1") };
  };
  // A word of the child for every progress it makes.
  for await (const word of child.stdout) {
    if (word !== undefined && (await journal()).text.includes("\n! ")) break;
  }
  child.kill("SIGKILL");
  await ended;
  slow.remove();

  // What a machine finds that lost its power: another boot, and nothing where no sync reached.
  const { path, text } = await journal();
  const [, digestText = "", , boot = ""] = text.split("\n")[0]?.split(" ").slice(1) ?? [];
  const blob = { digest: parseDigest(digestText), size: SIZE };
  const header = headerLine(blob, boot.replaceAll(/[0-9a-z]/g, "z"));
  await writeFile(path, header + text.slice(text.indexOf("\n") + 1), "latin1");
  const marked = createRangeSet(parseJournal(text, blob, undefined).ranges);
  expect(marked.covered).toBeGreaterThan(0);
  const data = await open(path.replace(".journal", ".data"), "r+");
  for (const { start, end } of marked.missing(SIZE)) {
    for (let at = start; at < end; at += 1 << 20) {
      await data.write(Buffer.alloc(Math.min(1 << 20, end - at)), 0, undefined, at);
    }
  }
  await data.close();

  const { bytes } = await get("acme/big");
  expect(bytes.resumed).toBe(marked.covered);
  expect(bytes.wire).toBeLessThan(SIZE - marked.covered + 8 * 1024 * 1024);
  await provedBlobs(cacheDir, "acme/big");
}, 60_000);
