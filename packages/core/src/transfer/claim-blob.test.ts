import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tryLock } from "@mlx-download/cache/writing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test, vi } from "vitest";
import type { DownloadEventBody } from "../contract/events.ts";
import { claimBlob } from "./claim-blob.ts";

/** A blob whose lock another process holds until `letGo`. */
async function heldBlob() {
  const folder = await tempDir();
  const lockPath = join(folder, "x.lock");
  const growing = join(folder, "x.journal");
  await writeFile(growing, "");
  const lock = await tryLock(lockPath);
  let held = lock !== undefined;
  expect(held).toBe(true);
  const letGo = async (): Promise<void> => {
    if (held) await lock?.release();
    held = false;
  };
  onTestFinished(letGo);
  const blob = {
    path: "model.safetensors",
    lockPath,
    growing: () => Promise.resolve([growing]),
    isPublished: () => Promise.resolve(false),
  };
  return { blob, growing, letGo };
}

const io = (abandonedAfterMs?: number, emit: (event: DownloadEventBody) => void = () => {}) => ({
  signal: new AbortController().signal,
  emit,
  abandonedAfterMs,
});

test("a holder that shows no sign of life is passed over", async () => {
  const { blob } = await heldBlob();
  expect(await claimBlob(blob, io(100))).toEqual({ kind: "abandoned" });
});

test("a holder whose files change is waited for, said once, and followed when it lets go", async () => {
  const { blob, growing, letGo } = await heldBlob();
  const events: DownloadEventBody[] = [];
  let changes = 0;
  const alive = {
    ...blob,
    // Looked at with every poll: by then it has changed.
    growing: async () => {
      changes += 1;
      await appendFile(growing, "x");
      if (changes === 4) await letGo();
      return [growing];
    },
  };
  const claim = await claimBlob(
    alive,
    io(1, (event) => events.push(event)),
  );
  expect(claim.kind).toBe("locked");
  if (claim.kind === "locked") await claim.lock.release();
  expect(events.map((event) => event.type)).toEqual(["waiting"]);
});

test("a blob that the holder published meanwhile is not fetched again", async () => {
  const { blob } = await heldBlob();
  const isPublished = () => Promise.resolve(true);
  expect(await claimBlob({ ...blob, isPublished }, io())).toEqual({ kind: "published" });
});

test("an abort ends the wait", async () => {
  const { blob } = await heldBlob();
  const controller = new AbortController();
  const emit = (): void => controller.abort(new Error("enough"));
  const waiting = claimBlob(blob, { signal: controller.signal, emit });
  await expect(waiting).rejects.toThrow();
  expect(controller.signal.aborted).toBe(true);
});

test("the hours that this machine slept are no silence of the holder", async () => {
  const { blob, growing, letGo } = await heldBlob();
  const clock = performance.now.bind(performance);
  let slept = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock() + slept);
  onTestFinished(() => void vi.restoreAllMocks());
  let looks = 0;
  const asleep = {
    ...blob,
    growing: async () => {
      looks += 1;
      if (looks === 2) slept = 8 * 3_600_000;
      if (looks === 4) await letGo();
      return [growing];
    },
  };
  const claim = await claimBlob(asleep, io(60_000));
  expect(claim.kind).toBe("locked");
  if (claim.kind === "locked") await claim.lock.release();
});
