import { randomBytes } from "node:crypto";
import { createRateLimit, type DownloadEvent, type RateLimit } from "@mlx-download/core";
import type { QueuedDownload } from "../contract.ts";
import { failureOf, WebError } from "../errors.ts";
import type { Feed } from "../feed/feed.ts";
import { addSpeed, applyEvent } from "./apply-event.ts";
import { limitsAt, readLimits } from "./limits.ts";
import { loadQueue, saveQueue } from "./queue-file.ts";

/** The inputs of a queue. */
export interface QueueOptions {
  /** Where it is kept. */
  readonly path: string;
  readonly feed: Feed;
  /** Downloads one model. Rejects with the signal's reason when aborted, and keeps the bytes that came. */
  readonly download: (item: QueuedDownload, work: DownloadWork) => Promise<void>;
  /** Deletes what a download brought. */
  readonly discard: (item: QueuedDownload) => Promise<void>;
  /** Whether anything of a repo is in the cache. */
  readonly isHere: (repoId: string) => Promise<boolean>;
  /** Told whenever the cache may have changed. */
  readonly onLibraryChange: () => void;
}

/** The inputs of one running download from its queue. */
export interface DownloadWork {
  readonly signal: AbortSignal;
  readonly limitRate: RateLimit;
  readonly onEvent: (event: DownloadEvent) => void;
}

/** The downloads of the page. Its truth lies in one file: it outlives the page, the process and the machine. */
export interface DownloadQueue extends AsyncDisposable {
  readonly downloads: readonly QueuedDownload[];
  /** Puts a download at the end. One of the same model that has not ended is returned instead. */
  add(wish: { readonly repoId: string; readonly revision: string }): Promise<QueuedDownload>;
  /** Stops it and keeps the bytes that came. */
  pause(id: string): Promise<void>;
  /** Puts it back into its turn, also after a failure. */
  resume(id: string): Promise<void>;
  /** Takes it off the queue, with its bytes or without. Throws as `discard` does. */
  cancel(id: string, what: "keep" | "delete"): Promise<void>;
  /** Moves it to this place, 0 first. */
  move(id: string, place: number): Promise<void>;
  /** Takes what is done off the list. */
  clearDone(): Promise<void>;
  /** Changes some of the limits, at once. Throws `web/bad-request`. */
  limit(change: unknown): Promise<void>;
}

interface Running {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** The page is told at most so often about a download, in ms. */
const TELL_MS = 250;
const SECOND = 1000;
/** Byte counts are written down now and then, so that a restart shows about how far it was. */
const SAVE_EVERY_SECONDS = 5;

/** Opens the queue of a file and goes on with the downloads that have their turn. */
export async function openQueue(options: QueueOptions): Promise<DownloadQueue> {
  const { path, feed } = options;
  let { downloads, limits } = await loadQueue(path);
  const running = new Map<string, Running>();
  const untold = new Set<string>();
  const limitRate = createRateLimit();
  /** Stopped because fewer may run at once. They keep their place and their turn. */
  const yielding = new Set<string>();
  let saving: Promise<void> = Promise.resolve();
  let closed = false;

  const find = (id: string): QueuedDownload => {
    const item = downloads.find((one) => one.id === id);
    if (item !== undefined) return item;
    throw new WebError("This download is not in the queue.", "web/no-such-download", {
      hint: "It was removed meanwhile, perhaps in another tab.",
    });
  };
  const tell = (item: QueuedDownload): void => feed.set(`download/${item.id}`, item);
  const tellOrder = (): void =>
    feed.set(
      "order",
      downloads.map(({ id }) => id),
    );
  const put = (item: QueuedDownload): void => {
    downloads = downloads.map((one) => (one.id === item.id ? item : one));
  };
  const change = (id: string, part: Partial<QueuedDownload>): void => {
    const item = { ...find(id), ...part };
    put(item);
    tell(item);
  };
  /** One write after the other. The last state is written last. */
  const save = (): Promise<void> => {
    saving = saving.catch(() => undefined).then(() => saveQueue(path, { downloads, limits }));
    saving.catch(() => undefined);
    return saving;
  };
  const applyLimits = (): void => {
    const now = new Date();
    const at = limitsAt(limits, now.getHours() * 60 + now.getMinutes());
    limitRate.bytesPerSecond = at.bytesPerSecondNow ?? Infinity;
    feed.set("limits", at);
  };

  const start = (item: QueuedDownload): void => {
    const abort = new AbortController();
    change(item.id, { state: "running", error: null, note: null, finishedAt: null });
    const onEvent = (event: DownloadEvent): void => {
      const now = downloads.find(({ id }) => id === item.id);
      if (now === undefined || abort.signal.aborted) return;
      const next = applyEvent(now, event);
      if (next === now) return;
      put(next);
      untold.add(item.id);
    };
    const still = { active: [], bytesPerSecond: 0, etaMs: null } as const;
    const work = async (): Promise<void> => {
      try {
        await options.download(item, { signal: abort.signal, limitRate, onEvent });
      } catch (error) {
        const how: Partial<QueuedDownload> = abort.signal.aborted
          ? { state: closed || yielding.has(item.id) ? "waiting" : "paused", note: null }
          : { state: "failed", error: failureOf(error), finishedAt: Date.now() };
        return end(item.id, { ...still, ...how });
      }
      const bytes = downloads.find(({ id }) => id === item.id)?.bytes ?? null;
      const whole = bytes && { ...bytes, here: bytes.total };
      end(item.id, { ...still, state: "done", bytes: whole, note: null, finishedAt: Date.now() });
    };
    const ended = work();
    running.set(item.id, { abort, ended });
  };
  const end = (id: string, part: Partial<QueuedDownload>): void => {
    running.delete(id);
    untold.delete(id);
    yielding.delete(id);
    if (downloads.some((one) => one.id === id)) change(id, part);
    options.onLibraryChange();
    save().catch(() => undefined);
    startNext();
  };
  /** As many as may run, first ones first. */
  const startNext = (): void => {
    if (closed) return;
    for (const item of downloads) {
      if (running.size >= limits.atOnce) return;
      if (item.state === "waiting" && !running.has(item.id)) start(item);
    }
  };
  /** The last ones wait again when more run than may. */
  const stopSurplus = async (): Promise<void> => {
    const surplus = downloads.filter(({ id }) => running.has(id)).slice(limits.atOnce);
    for (const { id } of surplus) yielding.add(id);
    await Promise.all(surplus.map(({ id }) => stop(id)));
  };
  const stop = async (id: string): Promise<void> => {
    const work = running.get(id);
    work?.abort.abort(new Error("stopped by the page"));
    await work?.ended;
  };

  const teller = setInterval(() => {
    for (const id of untold) {
      const item = downloads.find((one) => one.id === id);
      if (item !== undefined) tell(item);
    }
    untold.clear();
  }, TELL_MS);
  let seconds = 0;
  const sampler = setInterval(() => {
    seconds += 1;
    for (const id of running.keys()) {
      const item = downloads.find((one) => one.id === id);
      if (item !== undefined) put(addSpeed(item));
      untold.add(id);
    }
    if (running.size > 0 && seconds % SAVE_EVERY_SECONDS === 0) save().catch(() => undefined);
    if (limits.slowHours !== null && seconds % 15 === 0) applyLimits();
  }, SECOND);

  for (const item of downloads) tell(item);
  tellOrder();
  applyLimits();
  startNext();

  return {
    get downloads() {
      return downloads;
    },
    async add({ repoId, revision }) {
      const same = downloads.find(
        (one) => one.repoId === repoId && one.revision === revision && one.state !== "done",
      );
      if (same !== undefined) return same;
      const fresh = !(await options.isHere(repoId));
      const item: QueuedDownload = {
        id: randomBytes(6).toString("hex"),
        repoId,
        revision,
        state: "waiting",
        addedAt: Date.now(),
        finishedAt: null,
        commit: null,
        fresh,
        bytes: null,
        files: null,
        bytesPerSecond: 0,
        etaMs: null,
        active: [],
        speeds: [],
        note: null,
        error: null,
      };
      downloads = [...downloads, item];
      tell(item);
      tellOrder();
      await save();
      startNext();
      return find(item.id);
    },
    async pause(id) {
      const { state } = find(id);
      if (state === "waiting") change(id, { state: "paused" });
      else await stop(id);
      await save();
    },
    async resume(id) {
      const { state } = find(id);
      if (state !== "paused" && state !== "failed") return;
      change(id, { state: "waiting", error: null });
      await save();
      startNext();
    },
    async cancel(id, what) {
      find(id);
      await stop(id);
      const item = find(id);
      if (what === "delete" && item.state !== "done") await options.discard(item);
      downloads = downloads.filter((one) => one.id !== id);
      feed.remove(`download/${id}`);
      tellOrder();
      options.onLibraryChange();
      await save();
      startNext();
    },
    async move(id, place) {
      const item = find(id);
      const others = downloads.filter((one) => one.id !== id);
      downloads = [...others.slice(0, place), item, ...others.slice(place)];
      tellOrder();
      await save();
    },
    async clearDone() {
      const done = downloads.filter(({ state }) => state === "done");
      downloads = downloads.filter(({ state }) => state !== "done");
      for (const { id } of done) feed.remove(`download/${id}`);
      tellOrder();
      await save();
    },
    async limit(part) {
      const next = readLimits(part, limits);
      if (next === undefined) {
        throw new WebError("These limits make no sense.", "web/bad-request", {
          hint: "1 to 8 at once, whole bytes a second from 1000 up, hours as minutes of the day.",
        });
      }
      limits = next;
      applyLimits();
      await stopSurplus();
      await save();
      startNext();
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(teller);
      clearInterval(sampler);
      await Promise.all([...running.keys()].map(stop));
      await saving.catch(() => undefined);
      await save();
    },
  };
}
