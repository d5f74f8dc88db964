import { parentPort } from "node:worker_threads";
import type { DigestAlgorithm } from "./digest.ts";
import { type FileDigest, readDigest } from "./read-digest.ts";

/** Files to be digested, in order. */
export interface VerifyRequest {
  readonly files: readonly { readonly path: string; readonly algorithm: DigestAlgorithm }[];
}

/** The number of bytes read since the last answer, or the digest of one file. */
export type VerifyAnswer = { readonly type: "read"; readonly bytes: number } | FileDigest;

const answer = (message: VerifyAnswer): void => parentPort?.postMessage(message);

parentPort?.on("message", ({ files }: VerifyRequest) => {
  for (const { path, algorithm } of files) {
    const steps = readDigest(path, algorithm);
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) answer({ type: "read", bytes: step.value });
    answer(step.value);
  }
});
