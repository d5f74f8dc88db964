import { parentPort } from "node:worker_threads";
import { scanFolder } from "./scan-repo.ts";

/** The request to the thread. The answer has the results in the same order. */
export interface ScanRequest {
  readonly root: string;
  /** Names of repo folders below the root. */
  readonly folders: readonly string[];
}

parentPort?.on("message", ({ root, folders }: ScanRequest) => {
  parentPort?.postMessage(folders.map((folder) => scanFolder(root, folder)));
});
