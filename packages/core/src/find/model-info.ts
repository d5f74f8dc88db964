import { stat } from "node:fs/promises";
import { join } from "node:path";
import { inspectMlx } from "./inspect-mlx.ts";
import type { DownloadResult, FileResult } from "../contract/result.ts";

/** A model on this disk: the fields that `mlx-serving` knew, ours beside them in camelCase. */
export interface ModelInfo {
  readonly repo_id: string;
  /** Absolute path of the snapshot folder. */
  readonly path: string;
  /** Bytes of the files below `path`. */
  readonly size_bytes: number;
  /** Paths relative to `path`. */
  readonly files: string[];
  /** ISO date of the newest file. Absent when unknown. */
  readonly last_modified?: string;
  /** Such as `4bit-g64`, `mxfp4`, `bfloat16`. Absent when the config does not say. */
  readonly quantization?: string;
  readonly repoId: string;
  readonly commit: string;
  /** Do config, card or weights say that this is an MLX model? */
  readonly isMlx: boolean;
}

/** A model that was just downloaded. */
export interface DownloadedModel extends ModelInfo {
  readonly revision: string;
  readonly fromCache: boolean;
  readonly durationMs: number;
  readonly bytes: DownloadResult["bytes"];
  readonly fileResults: readonly FileResult[];
}

/** Describes a finished download from its own files: no name is guessed at. */
export async function describeModel(result: DownloadResult): Promise<DownloadedModel> {
  const { repoId, revision, commit, path, fromCache, durationMs, bytes, files } = result;
  const names = files.map((file) => file.path);
  return {
    ...(await describeFolder({ repoId, commit, path }, names, bytes.total)),
    revision,
    fromCache,
    durationMs,
    bytes,
    fileResults: files,
  };
}

/** Describes the model in a folder that holds `files`. */
export async function describeFolder(
  model: { readonly repoId: string; readonly commit: string; readonly path: string },
  files: readonly string[],
  sizeBytes: number,
): Promise<ModelInfo> {
  const { repoId, commit, path } = model;
  const [{ quantization, isMlx }, times] = await Promise.all([
    inspectMlx(path, files),
    Promise.all(files.map((file) => stat(join(path, file)).catch(() => undefined))),
  ]);
  const newest = Math.max(0, ...times.map((stats) => stats?.mtimeMs ?? 0));
  return {
    repo_id: repoId,
    path,
    size_bytes: sizeBytes,
    files: [...files],
    ...(newest > 0 && { last_modified: new Date(newest).toISOString() }),
    ...(quantization !== undefined && { quantization }),
    repoId,
    commit,
    isMlx,
  };
}
