import type { MirrorEvent } from "@mlx-download/hub-server";
import { formatBytes } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";

/** An event of the mirror as a line of its log. Undefined for those that say nothing to a person. */
export function mirrorLine(event: MirrorEvent): string | undefined {
  const text = textOf(event);
  return text === undefined ? undefined : `${new Date(event.at).toISOString()} ${printable(text)}`;
}

function textOf(event: MirrorEvent): string | undefined {
  switch (event.type) {
    case "request": {
      const { client, method, path, status, bytes, durationMs } = event;
      return `${client} ${method} ${path} ${status} ${formatBytes(bytes)} ${durationMs} ms`;
    }
    case "fill-started":
      return `fetching ${event.repoId} ${event.path} (${formatBytes(event.size)})`;
    case "fill-done":
      return `kept ${event.repoId} ${event.path} (${formatBytes(event.size)})`;
    case "fill-failed":
      return `could not fetch ${event.repoId} ${event.path}: ${event.message}`;
    case "evicted":
      return `removed ${event.repos.join(", ")} (${formatBytes(event.bytes)})`;
    case "stale":
    case "warning":
      return event.message;
  }
}
