import { sentences, type DownloadEvent } from "@mlx-download/core";
import type { QueuedDownload } from "../contract.ts";

/** Samples of speed that are kept: two minutes. */
const MOST_SPEEDS = 120;
/** So many moving files are shown. */
const MOST_ACTIVE = 12;

/** The download after an event of its own. The same object where the event changes nothing that is shown. */
export function applyEvent(item: QueuedDownload, event: DownloadEvent): QueuedDownload {
  switch (event.type) {
    case "resolved":
      return { ...item, commit: event.commit };
    case "planned": {
      const { total, cached, resumable } = event.bytes;
      return {
        ...item,
        commit: event.commit,
        bytes: { total, here: cached + resumable, wire: 0 },
        files: { total: event.files, done: item.files?.done ?? 0 },
      };
    }
    case "progress": {
      const { total, cached, resumed, copied, fetched, wire } = event.bytes;
      // A download that moves again needs no reason why it did not.
      const note =
        event.bytesPerSecond > 0 && event.at - (item.note?.at ?? 0) > 3000 ? null : item.note;
      return {
        ...item,
        note,
        bytes: { total, here: cached + resumed + copied + fetched, wire },
        files: event.files,
        bytesPerSecond: event.bytesPerSecond,
        etaMs: event.etaMs,
        active: event.active
          .slice(0, MOST_ACTIVE)
          .map(({ path, size, received }) => ({ path, size, received })),
      };
    }
    case "retry":
    case "waiting":
    case "source-switched":
      return { ...item, note: { kind: event.type, message: event.message, at: event.at } };
    case "stalled": {
      const message = `${event.path}: no byte for ${Math.round(event.idleMs / 1000)} s, asking again`;
      return { ...item, note: { kind: "stalled", message, at: event.at } };
    }
    case "warning": {
      const message = sentences(event.message, event.hint);
      return { ...item, note: { kind: "warning", message, at: event.at } };
    }
    case "resolving":
    case "reviewed":
    case "neighbour-found":
    case "file-started":
    case "verifying":
    case "file-done":
    case "publishing":
    case "result":
    case "error":
      return item;
  }
}

/** The download with one more sample of its speed. */
export function addSpeed(item: QueuedDownload): QueuedDownload {
  return { ...item, speeds: [...item.speeds, item.bytesPerSecond].slice(-MOST_SPEEDS) };
}
