import { guardListener } from "@mlx-download/cache/writing";
import { publishDecision } from "../contract/decision.ts";
import { eventMessage } from "../contract/event-message.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import { isNews } from "../contract/tell-once.ts";
import type { AncestorOptions, HubOptions } from "../contract/options.ts";
import { type LocatedRequest, locateRequest } from "../settings/locate-request.ts";
import type { RepoRef } from "../settings/ref.ts";
import type { Settings } from "../settings/settings.ts";
import { type Hubs, openHubs } from "./hubs.ts";

/** The inputs of a question about a repo: its ref, its place in the cache, and the ways out (Hubs, events, abort). */
export interface RepoRequest extends LocatedRequest {
  readonly hubs: Hubs;
  readonly signal: AbortSignal;
  readonly emit: (event: DownloadEventBody) => void;
}

/** Options of {@link readRepoRequest}. */
export interface RepoRequestOptions extends HubOptions, Pick<AncestorOptions, "onProgress"> {
  readonly connections?: number | undefined;
}

/**
 * Checks a ref and reads the environment, unless the settings are known. Makes no request. The caller closes `hubs`.
 * Throws `ref/*`, `settings/*` and `cache/invalid-*`.
 */
export async function readRepoRequest(
  ref: string | RepoRef,
  options: RepoRequestOptions,
  settings?: Settings,
): Promise<RepoRequest> {
  const located = await locateRequest(ref, options, settings);
  const { repoId } = located;
  const { env = process.env, fetch, connections } = options;
  const signal = options.signal ?? new AbortController().signal;
  const listener = options.onEvent ?? options.onProgress;
  const emit = guardListener((body: DownloadEventBody) => {
    if (body.type !== "progress") {
      publishDecision(() => ({ type: "event", event: { ...body, at: Date.now(), repoId } }));
    }
    if (listener === undefined || !isNews(listener, body, Date.now())) return;
    const event = { ...body, at: Date.now(), repoId };
    options.onEvent?.(event);
    const message = options.onProgress && eventMessage(event);
    if (message !== undefined) options.onProgress?.(message);
  });
  const hubs = openHubs(located.settings, { env, fetch, signal, connections, onEvent: emit });
  return { ...located, hubs, signal, emit };
}
