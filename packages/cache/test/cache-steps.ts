import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  announceDownload,
  applyRemoval,
  CacheError,
  inspectFiles,
  pinModel,
  planEviction,
  planPrune,
  planRemoval,
  recordUse,
  removeRepo,
  repoLayout,
  type SnapshotFile,
  unpinModel,
} from "@mlx-download/cache";
import { prepareRepo, publishFile, publishRef, writeTreeRecord } from "@mlx-download/cache/writing";

/** The repos of the sequences: one is the other's prefix. */
export const REPOS = ["acme/tiny", "acme/tiny-2", "acme/t"] as const;

/** One thing that a sequence does to a cache; numbers choose repos and commits. */
export type CacheStep =
  | {
      readonly do: "publish";
      readonly repo: number;
      readonly commit: number;
      readonly ref: boolean;
    }
  | {
      readonly do: "remove" | "removeFile" | "pin" | "unpin";
      readonly repo: number;
      readonly commit: number;
    }
  | { readonly do: "removeRepo" | "pinMain" | "unpinMain"; readonly repo: number }
  | { readonly do: "evict"; readonly maxBytes: number }
  | { readonly do: "prune" };

/** Four commits, the same ones in every repo. */
export function commitOf(at: number): string {
  return String(at % 4).repeat(40);
}

/** The files of a commit: neighbours share most of their blobs. */
export function filesOf(at: number): readonly { file: SnapshotFile; content: Buffer }[] {
  return [at, at + 1, at + 2].map((n) => {
    const content = Buffer.from(`content ${n % 4} `.repeat(10 + (n % 4)));
    const hex = createHash("sha256").update(content).digest("hex");
    const oid = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
    const digest =
      n % 2 === 0
        ? ({ algorithm: "sha256", hex } as const)
        : ({ algorithm: "git-sha1", hex: oid } as const);
    const path = n === at ? "config.json" : `sub/part-${n % 4}.bin`;
    return { content, file: { path, size: content.length, digest, blobId: oid } };
  });
}

/** Does one step as the command line or a download would; what the cache refuses by a coded error is refused. */
export async function takeStep(cacheDir: string, step: CacheStep): Promise<void> {
  try {
    await attempt(cacheDir, step);
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
  }
}

async function attempt(cacheDir: string, step: CacheStep): Promise<unknown> {
  if (step.do === "prune") return await applyRemoval(await planPrune(cacheDir, { graceMs: 0 }));
  if (step.do === "evict") return await applyRemoval(await planEviction(cacheDir, step));
  const repoId = REPOS[step.repo % REPOS.length] ?? REPOS[0];
  const layout = repoLayout(cacheDir, repoId);
  switch (step.do) {
    case "publish":
      return await publish(cacheDir, repoId, step);
    case "remove": {
      const target = { repoId, revision: commitOf(step.commit) };
      return await applyRemoval(await planRemoval(cacheDir, [target]));
    }
    case "removeFile": {
      const plan = await planRemoval(cacheDir, [{ repoId }], {
        files: (path) => path === "config.json",
      });
      return await applyRemoval(plan);
    }
    case "removeRepo":
      return await removeRepo(cacheDir, repoId);
    case "pin":
      return await pinModel(layout, commitOf(step.commit));
    case "unpin":
      return await unpinModel(layout, commitOf(step.commit));
    case "pinMain":
      return await pinModel(layout);
    case "unpinMain":
      return await unpinModel(layout);
  }
}

/** Publishes as a download does: what is there is linked, the rest is written. */
async function publish(
  cacheDir: string,
  repoId: string,
  step: { readonly commit: number; readonly ref: boolean },
): Promise<void> {
  const layout = repoLayout(cacheDir, repoId);
  const commit = commitOf(step.commit);
  const all = filesOf(step.commit % 4);
  const files = all.map(({ file }) => file);
  const leave = await announceDownload(layout);
  try {
    await prepareRepo(layout);
    await writeTreeRecord(layout, commit, files);
    const states = await inspectFiles(layout, commit, files);
    for (const { file, content } of all) {
      const state = states.get(file.path);
      if (state === "present") continue;
      const from = join(layout.partialDir, `${file.digest.hex}.data`);
      if (state === "absent") await writeFile(from, content);
      const entry = state === "absent" ? { commit, file, from } : { commit, file };
      await publishFile(layout, entry, { symlinks: true });
    }
    await publishRef(layout, { revision: step.ref ? "main" : commit, commit, files });
    await recordUse(layout, commit);
  } finally {
    await leave();
  }
}
