import type { DownloadEventBody } from "../contract/events.ts";
import type { HubClient } from "./hub-client.ts";

/** The id of the repo that an API address names, below any path of the endpoint. Undefined for other addresses. */
export function idInAddress({ pathname }: URL): string | undefined {
  const [, id] =
    /\/api\/(?:models|datasets|spaces)\/([^/]+(?:\/[^/]+)?)\/(?:tree|revision)\//.exec(pathname) ??
    [];
  try {
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

/**
 * Warns once that the Hub knows a repo by another id now. An old id without an owner, and one that differs only in
 * case, are no rename. A new owner is a different party to trust, so the warning names both.
 */
export function tellRename(asked: string, now: string | undefined, emit: HubClient["emit"]): void {
  const warning = now === undefined ? undefined : renameWarning(asked, now);
  if (warning !== undefined) emit(warning);
}

function renameWarning(asked: string, now: string): DownloadEventBody | undefined {
  const isId = /^[\w.-]+\/[\w.-]+$/.test(now);
  if (!isId || !asked.includes("/") || now.toLowerCase() === asked.toLowerCase()) return undefined;
  const [owner = "", newOwner = ""] = [asked, now].map((id) => id.split("/", 1)[0]);
  const sameOwner = owner.toLowerCase() === newOwner.toLowerCase();
  const follow = `The cache keeps it under the old name. Use ${now} to follow the new name.`;
  return {
    type: "warning",
    code: "hub/renamed",
    topic: `${asked} is ${now}`,
    message: sameOwner
      ? `${asked} is called ${now} on the Hub now.`
      : `${asked} has another owner on the Hub now: ${newOwner} instead of ${owner}, as ${now}.`,
    hint: sameOwner
      ? follow
      : `Make sure that you trust ${newOwner} as you trust ${owner}. ${follow}`,
  };
}
