import type { DownloadEvent } from "./events.ts";
import { sentences } from "./sentences.ts";

const size = (bytes: number): string =>
  bytes >= 1e9
    ? `${(bytes / 1e9).toFixed(2)} GB`
    : bytes >= 1e6
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${Math.ceil(bytes / 1e3)} kB`;

/** A line of text about an event, for listeners that want text. Undefined for events that need none. */
export function eventMessage(event: DownloadEvent): string | undefined {
  switch (event.type) {
    case "resolving":
      return `Resolving ${event.repoId}@${event.revision}`;
    case "resolved":
      return `Resolved ${event.repoId}@${event.revision} to ${event.commit}`;
    case "planned":
      return `${event.files} files, ${size(event.bytes.total)}: ${size(event.bytes.cached)} here, ${size(event.bytes.toFetch)} to fetch`;
    case "reviewed": {
      const { fit, loads } = event;
      return `Fits: ${fit?.verdict ?? "unknown"}, loads: ${loads?.verdict ?? "unknown"}`;
    }
    case "progress": {
      const { total, cached, resumed, copied, fetched } = event.bytes;
      const here = cached + resumed + copied + fetched;
      const percent = total === 0 ? 100 : Math.floor((here * 100) / total);
      return `${percent}% ${size(here)} of ${size(total)}, ${size(event.bytesPerSecond)}/s`;
    }
    case "neighbour-found":
      return `Neighbour ${event.name} at ${event.url}`;
    case "verifying":
      return `Verifying ${event.path}`;
    case "file-done":
      return `${event.path}: ${event.status} and verified (${size(event.size)})`;
    case "publishing":
      return `Publishing ${event.repoId}@${event.commit}`;
    case "retry":
    case "source-switched":
    case "waiting":
    case "warning":
      return event.message;
    case "stalled":
      return `${event.path}: no byte for ${Math.round(event.idleMs / 1000)} s, asking again`;
    case "result":
      return `Done: ${event.result.path}`;
    case "error":
      return sentences(event.error.message, event.error.hint);
    case "file-started":
      return undefined;
  }
}
