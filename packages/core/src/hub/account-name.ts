import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "./hub-client.ts";
import { stringField } from "./json-value.ts";

/** The name of the account that the client's token belongs to. Undefined when the Hub does not tell. One call. */
export async function readAccountName(
  client: Pick<HubClient, "url" | "json">,
): Promise<string | undefined> {
  try {
    const url = client.url(["api", "whoami-v2"]);
    const { value } = await client.json(url, { question: { kind: "list" } });
    const name = stringField(value, "name");
    return name !== undefined && /^[\w.-]{1,96}$/.test(name) ? name : undefined;
  } catch (error) {
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}
