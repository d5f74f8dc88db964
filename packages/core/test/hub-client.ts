import { onTestFinished } from "vitest";
import type { DownloadEventBody } from "../src/contract/events.ts";
import { createHubClient, type HubClientOptions } from "../src/hub/client.ts";
import type { PatientHubClient } from "../src/hub/hub-client.ts";
import { type Hubs, openHubs } from "../src/request/hubs.ts";
import type { Settings } from "../src/settings/settings.ts";

/** A client for one test, with quick retries, and what it said. */
export interface ClientUnderTest {
  readonly client: PatientHubClient;
  readonly events: readonly DownloadEventBody[];
}

/** A {@link ClientUnderTest} for `endpoint`, closed when the running test ends. */
export function clientFor(
  endpoint: string,
  settings: Partial<Settings> = {},
  options: HubClientOptions = {},
): ClientUnderTest {
  const events: DownloadEventBody[] = [];
  const client = createHubClient(settingsFor(endpoint, settings), {
    retryBaseMs: 1,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, events };
}

/** The Hubs at one endpoint or several, closed when the running test ends, and what was said of them. */
export function hubsFor(
  [endpoint, ...mirrors]: readonly [string, ...string[]],
  settings: Partial<Settings> = {},
  options: HubClientOptions = {},
): { readonly hubs: Hubs; readonly events: readonly DownloadEventBody[] } {
  const events: DownloadEventBody[] = [];
  const hubs = openHubs(settingsFor(endpoint, { mirrors, ...settings }), {
    retryBaseMs: 1,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => hubs.close());
  return { hubs, events };
}

function settingsFor(endpoint: string, settings: Partial<Settings>): Settings {
  return {
    endpoint,
    mirrors: [],
    peers: [],
    findPeers: false,
    tokenEndpoint: endpoint,
    token: undefined,
    tokenSource: settings.token === undefined ? undefined : "HF_TOKEN",
    cacheDir: "/nowhere",
    offline: false,
    symlinks: true,
    progressBars: undefined,
    etagTimeoutMs: 10_000,
    downloadTimeoutMs: 10_000,
    limitRate: Infinity,
    xet: "auto",
    userAgentOrigin: undefined,
    warnings: [],
    ...settings,
  };
}
