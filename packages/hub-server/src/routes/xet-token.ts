import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { Refusal } from "../http/refusal.ts";
import { checkGate } from "./access.ts";
import { snapshotAt, splitRevision } from "./revision.ts";

/**
 * `GET /api/{type}s/{id}/xet-read-token/{revision}`: a token for the Xet storage (hub-docs, docs/xet/auth.md). The same is
 * in the headers, which Python's client reads alone.
 */
export async function xetReadToken(c: HubContext): Promise<Response> {
  checkGate(c.get("repo"), c.get("user"));
  await snapshotAt(c.get("repo"), splitRevision(c).revision);
  return xetToken(c, "read");
}

/** `GET /api/{type}s/{id}/xet-write-token/{revision}`: for uploads, to users that may write. */
export async function xetWriteToken(c: HubContext): Promise<Response> {
  checkGate(c.get("repo"), c.get("user"));
  const owner = c.get("repo").repoId.split("/")[0] ?? "";
  const user = c.get("user");
  if (user === undefined)
    throw new Refusal("Invalid username or password.", 401, { format: "json" });
  if (user.name !== owner && user.orgs?.includes(owner) !== true) {
    throw new Refusal("You don't have the right permissions", 403, { format: "json" });
  }
  return xetToken(c, "write");
}

function xetToken(c: HubContext, scope: "read" | "write"): Response {
  const { config } = c.env;
  const { xet } = config;
  if (xet === undefined) throw new Refusal("Xet is not enabled here", 404, { format: "json" });
  const { token, exp } = xet.issueToken(scope, config.now());
  const seconds = Math.floor(exp / 1000);
  return jsonAnswer(
    { accessToken: token, exp: seconds, casUrl: xet.casUrl },
    {
      headers: {
        "cache-control": "no-store",
        "x-xet-cas-url": xet.casUrl,
        "x-xet-access-token": token,
        "x-xet-token-expiration": String(seconds),
      },
    },
  );
}
