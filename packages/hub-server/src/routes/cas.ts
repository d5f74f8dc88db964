import { XetError } from "@mlx-download/xet";
import { Hono, type MiddlewareHandler } from "hono";
import type { HubContext, HubEnv } from "../http/hub-env.ts";
import { jsonAnswer, textAnswer } from "../http/json-answer.ts";
import { parseRange } from "../http/range.ts";
import { bearerToken } from "./access.ts";
import { fileSize, reconstructionAnswer } from "../xet/reconstruction-answer.ts";
import type { XetStorage } from "../xet/xet-storage.ts";

/**
 * The API of a Xet storage, as far as clients use it: reconstructions in both versions, and uploads of xorbs and shards
 * (hub-docs, docs/xet/api.md; the requests of hf_xet 1.8.0, measured). Grants, chunk queries and `/v2/shards` are not
 * offered: clients go on without them after a 404.
 */
export function casRoutes(): Hono<HubEnv> {
  const app = new Hono<HubEnv>();
  app.get("/:version{v[12]}/reconstructions/:file", mustHave("read"), reconstruction);
  app.post("/v1/xorbs/default/:hash", mustHave("write"), addXorb);
  app.post("/v1/shards", mustHave("write"), addShard);
  app.post("/v1/telemetry", () => jsonAnswer({}));
  app.all("*", () => notFound());
  return app;
}

/** The bytes of xorbs, by signed address: one range a request, 206. */
export function xorbRoutes(): Hono<HubEnv> {
  const app = new Hono<HubEnv>();
  app.get("/xorbs/default/:hash", xorbBytes);
  app.all("*", () => textAnswer("Access Denied", { status: 403 }));
  return app;
}

const storageOf = (c: HubContext): XetStorage | undefined => c.env.config.xet;

const notFound = (): Response => jsonAnswer({ error: "Not found" }, { status: 404 });

function mustHave(scope: "read" | "write"): MiddlewareHandler<HubEnv> {
  return async (c, next) => {
    const given = storageOf(c)?.scopeOf(bearerToken(c), c.env.config.now());
    if (given === undefined) return jsonAnswer({ error: "Unauthorized" }, { status: 401 });
    if (scope === "write" && given === "read") {
      return jsonAnswer({ error: "Forbidden: write scope required" }, { status: 403 });
    }
    await next();
    return undefined;
  };
}

function reconstruction(c: HubContext): Response {
  const storage = storageOf(c);
  const version = c.req.param("version") === "v1" ? 1 : 2;
  const terms = storage?.store.file(c.req.param("file") ?? "");
  const { versions = [1, 2], cutsTerms = false, urlSeconds = 3600 } = storage?.behaviour ?? {};
  if (storage === undefined || terms === undefined || !versions.includes(version)) {
    return notFound();
  }
  const expires = c.env.config.now() + 1000 * urlSeconds;
  const answer = reconstructionAnswer(storage.store, {
    terms,
    asked: parseRange(c.req.header("range"), fileSize(terms)),
    version,
    cutsTerms,
    sign: (xorb, ranges) => storage.dataUrl + storage.urls.sign(xorb, ranges, expires),
  });
  if (answer === undefined) return jsonAnswer({ error: "Range not satisfiable" }, { status: 416 });
  return jsonAnswer(answer);
}

async function addXorb(c: HubContext): Promise<Response> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  return whenGood(() => {
    const inserted = storageOf(c)?.store.addXorb(c.req.param("hash") ?? "", bytes) ?? false;
    return jsonAnswer({ was_inserted: inserted });
  });
}

async function addShard(c: HubContext): Promise<Response> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  return whenGood(() => {
    storageOf(c)?.store.addShard(bytes);
    return jsonAnswer({ result: 1 });
  });
}

function whenGood(answer: () => Response): Response {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof XetError)) throw error;
    return jsonAnswer({ error: error.message }, { status: 400 });
  }
}

function xorbBytes(c: HubContext): Response {
  const storage = storageOf(c);
  const found = storage?.store.xorb(c.req.param("hash") ?? "");
  // Without a range, and for several, nothing is given (hub-docs, docs/xet/download-protocol.md).
  const asked = /^bytes=(\d{1,12})-(\d{1,12})$/u.exec(c.req.header("range") ?? "");
  if (storage === undefined || found === undefined || asked === null) {
    return textAnswer("Access Denied", { status: 403 });
  }
  const range = { start: Number(asked[1]), end: Number(asked[2]) };
  const { exactRanges = false } = storage.behaviour;
  const fault = storage.urls.check(new URL(c.req.url), {
    now: c.env.config.now(),
    range,
    exact: exactRanges,
  });
  if (fault !== undefined) {
    return textAnswer(fault === "expired" ? "Access Denied" : fault, { status: 403 });
  }
  const { blob } = found;
  const end = Math.min(range.end + 1, blob.size);
  if (range.start >= end) return textAnswer("Range not satisfiable", { status: 416 });
  c.env.body = { blob, start: range.start, end };
  return new Response(null, {
    status: 206,
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(end - range.start),
      "content-range": `bytes ${range.start}-${end - 1}/${blob.size}`,
      "accept-ranges": "bytes",
      "cache-control": "public, max-age=31536000",
      "x-cache": "Miss from cloudfront",
    },
  });
}
