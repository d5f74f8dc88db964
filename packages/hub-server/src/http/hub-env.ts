import type { Context } from "hono";
import type { HubConfig } from "../hub-options.ts";
import type { HubUser, StoredRepo } from "../store/repo-store.ts";
import type { BlobSlice } from "./answer.ts";
import type { UrlSigner } from "./signed-url.ts";

/**
 * The input of a route beside the request, and the place for a body that does not go through a
 * Response.
 */
export interface HubEnv {
  Bindings: {
    readonly config: HubConfig;
    readonly signer: UrlSigner;
    /** The caller's IP address. */
    readonly address: string;
    body: BlobSlice | undefined;
  };
  Variables: {
    /** The user who asks. Undefined is anonymous. */
    user: HubUser | undefined;
    /** The repo that the path names, visible to the user. */
    repo: StoredRepo;
    /** The decoded segments behind the repo id and the route's verb. */
    rest: readonly string[];
  };
}

/** The context of every route. */
export type HubContext = Context<HubEnv>;

/** The request's path as it came over the wire, below the base path, still percent-encoded. */
export function rawPath(c: HubContext): string {
  return new URL(c.req.url).pathname.slice(c.env.config.basePath.length);
}

/**
 * Scheme, host and base path under which the client reached the Hub: from a proxy's
 * `X-Forwarded-Proto` and `X-Forwarded-Host`, otherwise from the request itself.
 */
export function publicUrl(c: HubContext): string {
  const url = new URL(c.req.url);
  const [proto = ""] = (c.req.header("x-forwarded-proto") ?? "").split(",");
  const [host = ""] = (c.req.header("x-forwarded-host") ?? "").split(",");
  const scheme = /^https?$/i.test(proto.trim())
    ? proto.trim().toLowerCase()
    : url.protocol.slice(0, -1);
  const name = HOST.test(host.trim()) ? host.trim() : url.host;
  return `${scheme}://${name}${c.env.config.basePath}`;
}

/** A host with or without a port, in characters that cannot break out of a header or an address. */
export const HOST: RegExp = /^[\w.:[\]-]+$/;
