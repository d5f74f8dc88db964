import { parentPort } from "node:worker_threads";
import { scanFolder, type ScanRequest } from "./scan-folders.ts";

parentPort?.on("message", ({ root, folders }: ScanRequest) => {
  parentPort?.postMessage(folders.map((folder) => scanFolder(root, folder)));
});
