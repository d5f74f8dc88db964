import { parentPort } from "node:worker_threads";
import { scanFolder } from "./scan-repo.ts";

/** What the thread is asked for; its answer holds what it saw in the same order. */
export interface ScanRequest {
  readonly root: string;
  /** Names of repo folders below the root. */
  readonly folders: readonly string[];
}

parentPort?.on("message", ({ root, folders }: ScanRequest) => {
  parentPort?.postMessage(folders.map((folder) => scanFolder(root, folder)));
});
