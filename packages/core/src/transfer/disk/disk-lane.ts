import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { startThread, withoutThreads } from "@mlx-download/cache/writing";
import { createDiskJobs, type DiskReply, type DiskRequest } from "./disk-jobs.ts";
import type { DiskWorkerData } from "./disk-worker.ts";
import { threadTexts } from "./thread-texts.ts";

/** Where requests about files go: to a thread, or to this one where there are no threads. */
export interface DiskLane {
  say(request: DiskRequest): void;
  /** Whether the program waits for the message. */
  hold(wait: boolean): void;
  close(): Promise<void>;
}

/** The listener for a lane's messages. */
export interface DiskListener {
  readonly take: (replies: readonly DiskReply[]) => void;
  /** The thread is gone, and with it all that was open. */
  readonly die: (message: string) => void;
  /** There is no thread: this one does the work, more slowly. Told at most once, before anything is lost. */
  readonly alone: (reason: unknown) => void;
}

/** Starts a lane. Requests wait until its thread reports that it is ready. If it never does, this thread takes them. */
export function startDiskLane(listener: DiskListener): DiskLane {
  const waiting: DiskRequest[] = [];
  let lane: DiskLane | undefined;
  let worker: Worker | undefined;
  let held = false;
  const { port1: port, port2: far } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));

  const settle = (chosen: DiskLane): void => {
    lane = chosen;
    for (const request of waiting.splice(0)) chosen.say(request);
  };
  const stayHere = (reason: unknown): void => {
    withoutThreads(reason);
    listener.alone(reason);
    settle(hereLane(listener));
  };
  try {
    const programs = { from: import.meta.url, texts: threadTexts };
    const started = startThread("disk-worker", programs, {
      workerData: { port: far, bell } satisfies DiskWorkerData,
      transferList: [far],
      // The thread holds one buffer and a few numbers. V8's defaults would reserve far more.
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    worker = started;
    started.unref();
    port.on("message", (replies: readonly DiskReply[]) => {
      if (lane === undefined) settle(threadLane(port, bell));
      listener.take(replies);
    });
    // After the listener: a new one holds the process.
    port.unref();
    started.on("error", (error) => {
      if (lane === undefined) stayHere(error);
      else listener.die(error.message);
    });
  } catch (error) {
    stayHere(error);
  }

  return {
    say(request) {
      if (lane === undefined) waiting.push(request);
      else lane.say(request);
    },
    hold(wait) {
      if (wait === held) return;
      held = wait;
      if (wait) worker?.ref();
      else worker?.unref();
    },
    async close() {
      port.close();
      await worker?.terminate();
      await lane?.close();
    },
  };
}

function threadLane(port: MessagePort, bell: Int32Array): DiskLane {
  return {
    say(request) {
      port.postMessage(request);
      Atomics.add(bell, 0, 1);
      Atomics.notify(bell, 0);
    },
    hold: () => undefined,
    close: () => Promise.resolve(),
  };
}

/** Does the work on this thread, a piece a turn, so that connections and timers get theirs. */
function hereLane({ take }: DiskListener): DiskLane {
  const jobs = createDiskJobs();
  const requests: DiskRequest[] = [];
  let due: NodeJS.Immediate | undefined;
  const turn = (): void => {
    due = undefined;
    for (const request of requests.splice(0)) jobs.answer(request);
    const behind = jobs.hashBehind();
    if (behind) due = setImmediate(turn);
    take(jobs.takeReplies());
  };
  return {
    say(request) {
      requests.push(request);
      due ??= setImmediate(turn);
    },
    hold: () => undefined,
    async close() {
      clearImmediate(due);
      jobs.closeAll();
    },
  };
}
