import type { DownloadEvent } from "@mlx-download/core";
import type { RecordedVersion, RegistryNotice } from "@mlx-download/registry";
import { isOff } from "./is-off.ts";

/** Keeps what a command did to models until its output is written, and gives it to the registry then. */
export interface ShellRecord {
  /** Of downloads. Those that found everything here are no news. */
  onEvent(event: DownloadEvent, options?: { readonly localDir?: boolean }): void;
  /** A branch of the cache points at this commit. `since`: ms since 1970, default now. */
  version(version: Omit<RecordedVersion, "since"> & { readonly since?: number }): void;
  view(repoId: string): void;
  /**
   * Writes it. Loads the registry only when there is something to write. Never throws: a record that cannot be written
   * fails no command, and the cache has everything that matters. `say` gets the line that tells of a damaged registry.
   */
  flush(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void>;
}

/** The variable that switches the record off. */
const SWITCH = "MLX_DOWNLOAD_RECORD";

/** No command waits longer for another process that keeps the registry locked. */
const PATIENCE_MS = 250;

/** Makes an empty record. */
export function createShellRecord(): ShellRecord {
  const begun = Date.now();
  const heard: { readonly event: DownloadEvent; readonly localDir: boolean }[] = [];
  const versions: Parameters<ShellRecord["version"]>[0][] = [];
  const views: string[] = [];
  return {
    onEvent(event, { localDir = false } = {}) {
      const isNews = event.type === "result" && !event.result.fromCache;
      if (isNews || event.type === "source-switched") heard.push({ event, localDir });
    },
    version: (version) => void versions.push(version),
    view: (repoId) => void views.push(repoId),
    async flush(env, say) {
      const isEmpty = versions.length + views.length === 0;
      if (isEmpty && !heard.some(({ event }) => event.type === "result")) return;
      if (isOff(env, SWITCH)) return;
      try {
        const { createRecorder, openRegistry } = await import("@mlx-download/registry");
        const { rebuildFromCache } = await import("./rebuild-record.ts");
        const source = hostOf(env["HF_ENDPOINT"]);
        const onNotice = ({ message }: RegistryNotice): void => say(message);
        const registry = openRegistry({ env, waitMs: PATIENCE_MS, onNotice });
        try {
          const line = await rebuildFromCache(registry, {
            env,
            before: begun,
            waitMs: PATIENCE_MS,
          });
          if (line !== undefined) say(line);
        } finally {
          registry.close();
        }
        for (const localDir of [false, true]) {
          const mine = heard.filter((one) => one.localDir === localDir);
          const recorder = createRecorder({ env, source, localDir });
          for (const { event } of mine) recorder.onEvent(event);
          if (!localDir) {
            for (const version of versions) recorder.version(version);
            for (const repoId of views) recorder.view(repoId);
          }
          recorder.flush();
        }
      } catch {
        // Not even the registry could be loaded.
      }
    },
  };
}

function hostOf(endpoints: string | undefined): string {
  const [first = ""] = (endpoints ?? "").split(",");
  return URL.parse(first.trim())?.host ?? "huggingface.co";
}
