import { EventEmitter } from "node:events";
import { removeRepo } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { download } from "./download.ts";
import type { DownloadOptions } from "../contract/options.ts";
import type { DownloadEvent } from "../contract/events.ts";
import { listMLXModels, type ListOptions, type MLXModelEntry } from "../find/list-mlx-models.ts";
import { listCachedModels } from "../find/list-cached-models.ts";
import { type DownloadedModel, describeModel, type ModelInfo } from "../find/model-info.ts";
import { readSettings } from "../settings/settings.ts";

/** The events of `MLXModelDownloader`, by name. */
export interface MLXModelDownloaderEvents {
  /** A download ended well. */
  downloaded: [model: DownloadedModel];
  list: [models: MLXModelEntry[]];
  "cache-list": [models: ModelInfo[]];
  /** The repo id, or `all`. */
  "cache-cleared": [what: string];
  /** A line of text about each step. */
  progress: [message: string];
  /** A line of text about a problem that was handled: retries, waits, warnings. */
  "error-output": [message: string];
  /** Every event in figures. */
  event: [event: DownloadEvent];
}

/** Options that hold for every call of a downloader. */
export type MLXModelDownloaderOptions = Pick<
  DownloadOptions,
  | "cacheDir"
  | "token"
  | "tokenSource"
  | "endpoint"
  | "offline"
  | "connections"
  | "limitRate"
  | "backend"
  | "fetch"
  | "env"
>;

/** Events that report a problem that was handled. */
const SURVIVED: ReadonlySet<DownloadEvent["type"]> = new Set([
  "retry",
  "source-switched",
  "waiting",
  "warning",
]);

/**
 * The downloader as `mlx-serving` had it: one object with events. All methods reject with a `ModelDownloadError`, or
 * with the signal's reason.
 */
export class MLXModelDownloader extends EventEmitter<MLXModelDownloaderEvents> {
  readonly #defaults: MLXModelDownloaderOptions;

  /** `options` apply to every call. A string (formerly the path of a Python) is accepted and ignored. */
  constructor(options: MLXModelDownloaderOptions | string = {}) {
    super();
    this.#defaults = typeof options === "string" ? {} : options;
  }

  /** Downloads a model, or finds it in the cache, and verifies it. */
  async download(repoId: string, options: DownloadOptions = {}): Promise<DownloadedModel> {
    const result = await download(repoId, {
      ...this.#defaults,
      ...options,
      onEvent: (event) => {
        this.emit("event", event);
        options.onEvent?.(event);
        if (SURVIVED.has(event.type) && "message" in event) {
          this.emit("error-output", event.message);
        }
      },
      onProgress: (message) => {
        this.emit("progress", message);
        options.onProgress?.(message);
      },
    });
    const model = await describeModel(result);
    this.emit("downloaded", model);
    return model;
  }

  /** Models of `mlx-community` on the Hub, or of any author. The Hub searches and sorts. */
  async list(options: ListOptions = {}): Promise<MLXModelEntry[]> {
    const models = await listMLXModels({ ...this.#defaults, ...options });
    this.emit("list", models);
    return models;
  }

  /** Models in the cache whose snapshot is whole. */
  async getCachedModels(cacheDir?: string): Promise<ModelInfo[]> {
    const { env } = this.#defaults;
    const models = await listCachedModels({ env, cacheDir: cacheDir ?? this.#defaults.cacheDir });
    this.emit("cache-list", models);
    return models;
  }

  /**
   * Removes a model from the cache. Without `repoId`, removes every MLX model and leaves other repos in the shared
   * cache alone.
   */
  async clearCache(repoId?: string, cacheDir?: string): Promise<void> {
    const { env } = this.#defaults;
    const options = { env, cacheDir: cacheDir ?? this.#defaults.cacheDir };
    try {
      const settings = await readSettings(options);
      if (repoId !== undefined) await removeRepo(settings.cacheDir, repoId);
      else {
        for (const model of await listCachedModels(options)) {
          if (model.isMlx) await removeRepo(settings.cacheDir, model.repoId);
        }
      }
    } catch (error) {
      throw codedError(error, repoId);
    }
    this.emit("cache-cleared", repoId ?? "all");
  }
}

/** Downloads a model. See `MLXModelDownloader.download`. */
export function downloadModel(
  repoId: string,
  options: DownloadOptions = {},
): Promise<DownloadedModel> {
  return new MLXModelDownloader().download(repoId, options);
}
