import { Hono, type Handler } from "hono";
import type { HubEnv } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { repoNotFound } from "../http/refusal.ts";
import { findRepo, identify } from "./access.ts";
import { collectionInfo, collectionList } from "./collections.ts";
import { deviceCode, deviceToken } from "./device-login.ts";
import { modelInfo, revisionInfo } from "./model-info.ts";
import { modelList } from "./model-list.ts";
import { commits, refs } from "./refs.ts";
import { authCheck, raw, resolve, resolveCache } from "./resolve.ts";
import { pathsInfo, tree } from "./tree.ts";
import { whoami } from "./whoami.ts";

const VERBS: Readonly<Record<string, Handler<HubEnv>>> = {
  "/revision/*": revisionInfo,
  "/tree/*": tree,
  "/commits/*": commits,
  "/refs": refs,
  "/auth-check": authCheck,
};

const IDS = [
  { id: "/:name", idSegments: 1 },
  { id: "/:namespace/:name", idSegments: 2 },
] as const;

/** This Hub has models only; what else is asked for is as unknown as any other repo. */
const onlyModels: Handler<HubEnv> = async (c) => {
  throw repoNotFound((await identify(c)) !== undefined);
};

/** All routes of the Hub, in the order in which they win. */
export function hubRoutes(): Hono<HubEnv> {
  const app = new Hono<HubEnv>();
  app.get("/api/whoami-v2", whoami);
  app.post("/oauth/device", deviceCode);
  app.post("/oauth/token", deviceToken);
  app.get("/api/agent-harnesses", () => jsonAnswer({ standardEnvVars: [], harnesses: {} }));
  app.get("/api/collections", collectionList);
  app.get("/api/collections/:owner/:slug", collectionInfo);
  app.get("/api/models", modelList);
  for (const type of ["datasets", "spaces", "kernels"]) app.get(`/api/${type}/*`, onlyModels);
  const cached = findRepo({ prefix: 3, idSegments: 2, redirect: true, verb: 0 });
  app.get("/api/resolve-cache/models/:namespace/:name/:commit/*", cached, resolveCache);
  // Ids of one segment are former names of old repos; their verbs must win over a two-segment id.
  for (const { id, idSegments } of IDS) {
    const onApi = findRepo({ prefix: 2, idSegments, redirect: true });
    for (const [path, handler] of Object.entries(VERBS)) {
      app.get(`/api/models${id}${path}`, onApi, handler);
    }
    app.post(`/api/models${id}/paths-info/*`, onApi, pathsInfo);
    const atRoot = findRepo({ prefix: 0, idSegments, redirect: false });
    app.get(`${id}/resolve/*`, atRoot, resolve);
    app.get(`${id}/raw/*`, atRoot, raw);
  }
  for (const { id, idSegments } of IDS) {
    const onApi = findRepo({ prefix: 2, idSegments, redirect: true });
    app.get(`/api/models${id}`, onApi, modelInfo);
  }
  return app;
}
