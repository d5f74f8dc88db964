import { Hono } from "hono";
import { fileAnswer } from "../http/file-answer.ts";
import type { HubContext, HubEnv } from "../http/hub-env.ts";
import { contentDisposition } from "../http/signed-url.ts";
import { kindInAddress, kindOf } from "../store/repo-kind.ts";

const DENIED =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

/** The CDN: LFS objects under signed URLs that run out, with long-lived, repo-independent headers. */
export function cdnRoutes(): Hono<HubEnv> {
  const app = new Hono<HubEnv>();
  app.get("/repos/*", cdnObject);
  app.all("*", accessDenied);
  return app;
}

async function cdnObject(c: HubContext): Promise<Response> {
  const { config, signer } = c.env;
  const url = new URL(c.req.url);
  const [, , ...segments] = url.pathname.split("/").map(decodeURIComponent);
  if (!signer.check(url, config.now())) return accessDenied();
  const kind = kindInAddress(segments[0] ?? "");
  const [namespace = "", name = "", commit = "", ...rest] =
    kind === undefined ? segments : segments.slice(1);
  const repo = await config.store.find(`${namespace}/${name}`, kind);
  const isIt = repo !== undefined && kindOf(repo) === (kind ?? "model");
  const snapshot = isIt ? await repo.snapshot(commit) : undefined;
  const file = snapshot?.files.find((candidate) => candidate.path === rest.join("/"));
  if (!file) return accessDenied();
  return fileAnswer(c, file.blob, {
    "content-type": "application/octet-stream",
    "content-disposition": contentDisposition(file.path),
    // The Xet hash, not the sha256 (openai-community/gpt2, 2026-09-23).
    etag: `"${config.xetHash(file) ?? file.oid}"`,
    "cache-control": "public, max-age=31536000",
    "access-control-allow-origin": "*",
    "x-cache": "Miss from cloudfront",
  });
}

function accessDenied(): Response {
  return new Response(DENIED, {
    status: 403,
    headers: {
      "content-type": "application/xml",
      "content-length": String(Buffer.byteLength(DENIED)),
    },
  });
}
