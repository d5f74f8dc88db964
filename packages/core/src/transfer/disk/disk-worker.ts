import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createDiskJobs, type DiskRequest } from "./disk-jobs.ts";

/** The data that the thread is started with. */
export interface DiskWorkerData {
  /** Its end of a channel. Deno takes no messages from `parentPort` without an event loop. */
  readonly port: MessagePort;
  /** Rung after each request. */
  readonly bell: Int32Array;
}

/**
 * Answers requests as they come, and catches up in between. It sleeps on the bell instead of in an event loop: waking
 * that costs several system calls a message, and both threads would spend most of their time being woken.
 */
function run({ port, bell }: DiskWorkerData): void {
  const jobs = createDiskJobs();
  const flush = (): void => {
    const replies = jobs.takeReplies();
    // Each message wakes the main thread.
    if (replies.length > 0) port.postMessage(replies);
  };
  // The first thing it says: it is there, and can take messages without an event loop.
  let next = receiveMessageOnPort(port);
  port.postMessage([]);
  for (;;) {
    const rung = Atomics.load(bell, 0);
    for (next ??= receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      jobs.answer(next.message as DiskRequest);
      flush();
    }
    const behind = jobs.hashBehind();
    flush();
    if (!behind) Atomics.wait(bell, 0, rung);
  }
}

if (workerData !== null) run(workerData as DiskWorkerData);
