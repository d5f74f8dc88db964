import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { failureOf } from "../errors.ts";
import { type GateRules, judge } from "../gate/gate.ts";
import { safetyHeaders } from "../gate/headers.ts";
import type { PageFile } from "../page/page-files.ts";
import type { WebParts } from "../web.ts";
import { downloadRoutes } from "./download-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { libraryRoutes } from "./library-routes.ts";
import { modelRoutes } from "./model-routes.ts";
import { neighbourRoutes } from "./neighbour-routes.ts";
import { versionRoutes } from "./version-routes.ts";

/** The binding of the node:http adapter: the request as it was sent. */
export interface WebBindings {
  readonly incoming?: {
    readonly url?: string | undefined;
    readonly method?: string | undefined;
    readonly rawHeaders: readonly string[];
  };
}

/** The page as a fetch handler: the gate, then files and routes. */
export function createApp(
  parts: WebParts,
  rules: () => GateRules,
  files: ReadonlyMap<string, PageFile>,
): Hono<{ Bindings: WebBindings }> {
  const app = new Hono<{ Bindings: WebBindings }>();
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(safetyHeaders)) c.header(name, value);
    c.header("Cache-Control", "no-store");
    const refusal = judge(knockOf(c), rules());
    if (refusal) return c.json({ error: refusal.failure }, refusal.status);
    return next();
  });
  app
    .route("/api/downloads", downloadRoutes(parts))
    .route("/api/library", libraryRoutes(parts))
    .route("/api/versions", versionRoutes(parts))
    .route("/api/neighbours", neighbourRoutes(parts))
    .route("/api/events", eventRoutes(parts))
    .route("/api", modelRoutes(parts));
  app.get("/api/ping", (c) => c.json({}));
  app.get("/api/settings", async (c) => c.json(await parts.settings()));
  app.get("/api/doctor", async (c) => c.json(await parts.doctor()));
  app.get("*", (c) => {
    const file = files.get(c.req.path);
    if (file === undefined) return c.notFound();
    c.header("Content-Type", file.type);
    c.header("Vary", "Accept-Encoding");
    c.header("ETag", file.etag);
    c.header("Cache-Control", "no-cache");
    if (c.req.header("if-none-match") === file.etag) return c.body(null, 304);
    if (!/\bbr\b/.test(c.req.header("accept-encoding") ?? "")) return c.body(file.plain);
    c.header("Content-Encoding", "br");
    return c.body(file.brotli);
  });
  app.notFound((c) =>
    c.json(
      {
        error: {
          code: "web/bad-request",
          message: "There is no such address here.",
          hint: "Reload the page.",
        },
      },
      404,
    ),
  );
  app.onError((error, c) => {
    const failure = failureOf(error);
    return c.json({ error: failure }, statusOf(failure.code));
  });
  return app;
}

function knockOf(c: Context<{ Bindings: WebBindings }>): Parameters<typeof judge>[0] {
  const raw = c.env?.incoming;
  if (raw === undefined) {
    const { pathname, search } = new URL(c.req.raw.url);
    return { method: c.req.method, target: pathname + search, headers: [...c.req.raw.headers] };
  }
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.rawHeaders.length; at += 2) {
    headers.push([raw.rawHeaders[at] ?? "", raw.rawHeaders[at + 1] ?? ""]);
  }
  return { method: raw.method ?? "", target: raw.url ?? "", headers };
}

/** HTTP's word for a code. A fault of the Hub or the disk is 409: the question was fine. */
function statusOf(code: string): ContentfulStatusCode {
  if (/not-found|no-such|not-cached/.test(code)) return 404;
  if (/^web\/bad-request|invalid|^ref\//.test(code)) return 400;
  return 409;
}
