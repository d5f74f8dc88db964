import type {
  BackendFetch,
  BackendHub,
  BackendRepo,
  DownloadBackend,
  ListedModel,
  ModelQuery,
} from "@mlx-download/core";
import { readListedModel } from "./listed-model.ts";
import { PythonBridge, type PythonBridgeOptions } from "./python-bridge.ts";

/**
 * Downloads through the Hub's Python client: the `backend` option of `download` and its friends. Python speaks to the
 * Hub and writes the files as `snapshot_download` does. The bytes are verified here. Close it after use.
 */
export class PythonBackend implements DownloadBackend {
  readonly name = "python";
  readonly bridge: PythonBridge;

  constructor(options: PythonBridgeOptions = {}) {
    this.bridge = new PythonBridge(options);
  }

  /** The commit that the revision means now. */
  async resolveCommit(repo: BackendRepo): Promise<string> {
    const { repoId, revision } = repo;
    const { commit } = await this.#ask("resolve", repo, { repoId, revision });
    return typeof commit === "string" ? commit : "";
  }

  /** The items of the Hub's tree listing. */
  async listTree(repo: BackendRepo): Promise<readonly unknown[]> {
    const { repoId, revision } = repo;
    const items: unknown[] = [];
    await this.#ask("tree", repo, { repoId, revision }, (event) => {
      if (Array.isArray(event["items"])) items.push(...(event["items"] as unknown[]));
    });
    return items;
  }

  /** Brings the files with `hf_hub_download`, several at once. */
  async fetch(order: BackendFetch): Promise<void> {
    const { repoId, commit, cacheDir, localDir, connections, force } = order;
    const files = order.files.map((file) => file.path);
    const wanted = { repoId, commit, files, cacheDir, localDir, connections, force };
    await this.#ask("fetch", order, wanted, ({ type, path, received, wire }) => {
      if (typeof path !== "string") return;
      if (type === "progress" && isCount(received) && isCount(wire)) {
        order.onProgress(path, { received, wire });
      }
      if (type === "file") order.onFile(path, { wire: isCount(wire) ? wire : null });
    });
  }

  /** Models of the Hub. They come page by page, each page before its first model. */
  async *listModels(
    hub: BackendHub,
    query: ModelQuery,
  ): AsyncGenerator<ListedModel, void, undefined> {
    const { search, author, tags, sort, limit } = query;
    const found: ListedModel[] = [];
    await this.#ask("list", hub, { search, author, tags, sort, limit }, (event) => {
      const items: unknown = event["items"];
      for (const item of Array.isArray(items) ? items : []) {
        const model = readListedModel(item);
        if (model) found.push(model);
      }
    });
    yield* found;
  }

  /** Ends the Python process. */
  close(): Promise<void> {
    return this.bridge.close();
  }

  /** As {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #ask(
    method: Parameters<PythonBridge["call"]>[0],
    { endpoint, token, etagTimeoutMs, signal, emit }: BackendHub,
    params: Readonly<Record<string, unknown>>,
    onEvent?: (event: Readonly<Record<string, unknown>>) => void,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.bridge.call(
      method,
      { endpoint, token, etagTimeoutMs, ...params },
      {
        signal,
        onEvent: (event) => {
          const { type, message } = event;
          if (type === "warning" && typeof message === "string") {
            emit({ type: "warning", code: "python/warning", message });
          } else onEvent?.(event);
        },
      },
    );
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
