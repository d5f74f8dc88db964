import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { startTestHub, type TestHub, type TestHubOptions } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished } from "vitest";
import { download } from "../src/download/download.ts";
import type { DownloadOptions } from "../src/contract/options.ts";
import { ModelDownloadError } from "../src/contract/errors.ts";
import type { DownloadEvent } from "../src/contract/events.ts";
import type { DownloadResult } from "../src/contract/result.ts";

/** A test Hub, an empty cache, and a download between them. */
export interface Road {
  readonly hub: TestHub;
  readonly cacheDir: string;
  readonly events: DownloadEvent[];
  readonly get: (ref: string, options?: DownloadOptions) => Promise<DownloadResult>;
}

/** Starts a Hub that closes with the test; `get` downloads from it with nothing from this machine's environment. */
export async function startRoad(options: TestHubOptions = {}): Promise<Road> {
  const hub = await startTestHub(options);
  onTestFinished(() => hub.close());
  const cacheDir = join(await tempDir(), "hub");
  const events: DownloadEvent[] = [];
  return {
    hub,
    cacheDir,
    events,
    get: (ref, over = {}) =>
      download(ref, {
        env: {},
        endpoint: hub.url,
        cacheDir,
        token: false,
        onEvent: (event) => events.push(event),
        ...over,
      }),
  };
}

/** The small model of most tests: three small files in folders, one of 3 MB. */
export const MODEL = {
  "config.json": '{"model_type":"llama"}\n',
  "sub/dir/notes.txt": "hello\n",
  "empty.txt": "",
  "model.safetensors": { size: 3_000_000, seed: 7 },
} as const;

/** The coded error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<ModelDownloadError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelDownloadError);
  return error as ModelDownloadError;
}

/** Every regular file or link below `folder`, relative, sorted; empty when there is no folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** Blob files of a repo in the cache; every one of them must hold the bytes of its name. */
export async function provedBlobs(cacheDir: string, repoId: string): Promise<string[]> {
  const folder = join(cacheDir, `models--${repoId.replaceAll("/", "--")}`, "blobs");
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    const hash =
      name.length === 64
        ? createHash("sha256").update(bytes)
        : createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes);
    expect(hash.digest("hex")).toBe(name);
  }
  return names.toSorted((a, b) => (a < b ? -1 : 1));
}

/** Whether a file or folder is there. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
