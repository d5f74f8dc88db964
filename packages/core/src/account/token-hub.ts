import { createHubClient, type HubClientOptions } from "../hub/client.ts";
import type { PatientHubClient } from "../hub/hub-client.ts";
import type { Settings } from "../settings/settings.ts";

/** A client for the one of several endpoints where accounts live: only that one knows the token, and may give one. */
export function createTokenHubClient(
  settings: Settings,
  options: HubClientOptions,
): PatientHubClient {
  return createHubClient({ ...settings, endpoint: settings.tokenEndpoint }, options);
}
