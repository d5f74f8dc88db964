import type { IncomingMessage, ServerResponse } from "node:http";
import { Hono, type MiddlewareHandler } from "hono";
import { toResponse, type HubAnswer } from "./http/answer.ts";
import { compressJson } from "./http/compress-json.ts";
import type { HubEnv } from "./http/hub-env.ts";
import { createHubHeaders } from "./http/hub-headers.ts";
import { createListener, type Handle } from "./http/listener.ts";
import { badRequest, Refusal, refusalAnswer } from "./http/refusal.ts";
import { createUrlSigner } from "./http/signed-url.ts";
import { hubConfig, type HubOptions } from "./hub-options.ts";
import type { RepoStore } from "./store/repo-store.ts";
import { cdnRoutes } from "./routes/cdn.ts";
import { hubRoutes } from "./routes/hub-routes.ts";
import { casRoutes, xorbRoutes } from "./routes/cas.ts";

/** A Hub without a port of its own. */
export interface Hub {
  /**
   * Answers one request. Bodies are streams. For frameworks and tests: files go faster through
   * `listener`.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For `node:http`. Writes files to the socket itself. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** The same for the CDN's host, which `cdnUrl` names. */
  readonly cdnListener: (request: IncomingMessage, response: ServerResponse) => void;
  /** The same for the API and for the bytes of the Xet storage, on the hosts that `xet` names. */
  readonly casListener: (request: IncomingMessage, response: ServerResponse) => void;
  readonly xorbListener: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The parts of a Hub as functions from request to answer, before compression. Never reject. */
export interface HubHandlers {
  /** `store` stands in for the Hub's own, for this request alone. */
  readonly hub: (request: Request, address?: string, store?: RepoStore) => Promise<HubAnswer>;
  readonly cdn: Handle;
  readonly cas: Handle;
  readonly xorb: Handle;
}

/** A Hub over a store, as real clients know it. */
export function createHub(options: HubOptions): Hub {
  const { hub, cdn, cas, xorb } = createHandlers(options);
  const { onError } = options;
  return {
    fetch: async (request) =>
      toResponse(await compressJson(await hub(request), request.headers.get("accept-encoding"))),
    listener: createListener(hub, { onError }),
    cdnListener: createListener(cdn, { onError }),
    casListener: createListener(cas, { onError, maxBodyBytes: MAX_UPLOAD_BYTES }),
    xorbListener: createListener(xorb, { onError }),
  };
}

/** A xorb has 64 MiB at most, and headers of its chunks. */
export const MAX_UPLOAD_BYTES: number = 68 * 1024 * 1024;

/** {@link createHub} before a body is sent anywhere. */
export function createHandlers(options: HubOptions): HubHandlers {
  const config = hubConfig(options);
  const signer = createUrlSigner();
  const addHeaders = createHubHeaders(config);
  const hub = new Hono<HubEnv>().use(refuseUndecodable);
  hub.route(config.basePath || "/", hubRoutes());
  hub.notFound((c) => {
    throw unknownRoute(c.req.method);
  });
  const cdn = new Hono<HubEnv>().use(refuseUndecodable);
  cdn.route("/", cdnRoutes());
  const cas = new Hono<HubEnv>().use(refuseUndecodable);
  cas.route("/", casRoutes());
  const xorb = new Hono<HubEnv>().use(refuseUndecodable);
  xorb.route("/", xorbRoutes());
  for (const app of [hub, cdn, cas, xorb]) {
    app.onError((error, c) => {
      const path = new URL(c.req.url).pathname.slice(config.basePath.length);
      if (error instanceof Refusal) return refusalAnswer(error, path.startsWith("/api/"));
      config.onError(error);
      return refusalAnswer(new Refusal("Internal Error", 500), true);
    });
  }
  const answer = async (
    app: Hono<HubEnv>,
    request: Request,
    {
      address = "127.0.0.1",
      store = config.store,
    }: { address?: string | undefined; store?: RepoStore | undefined },
  ): Promise<HubAnswer> => {
    const own = store === config.store ? config : { ...config, store };
    const env: HubEnv["Bindings"] = { config: own, signer, address, body: undefined };
    const response = await app.fetch(request, env);
    const { status, headers } = response;
    if (request.method === "HEAD") return { status, headers, body: undefined };
    if (env.body) return { status, headers, body: env.body };
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status, headers, body: bytes.byteLength > 0 ? bytes : undefined };
  };
  return {
    async hub(request, address, store) {
      const result = await answer(hub, request, { address, store });
      addHeaders(result, request);
      return result;
    },
    cdn: (request, address) => answer(cdn, request, { address }),
    cas: (request, address) => answer(cas, request, { address }),
    xorb: (request, address) => answer(xorb, request, { address }),
  };
}

/** Lets through only paths that decode to text without NUL: every route may decode its segments. */
const refuseUndecodable: MiddlewareHandler<HubEnv> = async (c, next) => {
  let path: string | undefined;
  try {
    path = decodeURIComponent(new URL(c.req.url).pathname);
  } catch {
    // reported below
  }
  if (path === undefined || path.includes("\0")) throw badRequest("Invalid path encoding");
  await next();
};

function unknownRoute(method: string): Refusal {
  const allow = { allow: "GET, HEAD, POST" };
  return ["GET", "HEAD", "POST", "OPTIONS"].includes(method)
    ? new Refusal("Sorry, we can't find the page you are looking for.", 404, { format: "json" })
    : new Refusal("Method not allowed", 405, { headers: allow, format: "json" });
}
