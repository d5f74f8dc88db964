import type { RepoType } from "@mlx-download/cache";
import { Hono, type Handler } from "hono";
import type { HubEnv } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { REPO_WORDS } from "../store/repo-kind.ts";
import { findRepo } from "./access.ts";
import { collectionInfo, collectionList } from "./collections.ts";
import { deviceCode, deviceToken } from "./device-login.ts";
import { repoInfo, revisionInfo, scan } from "./repo-info.ts";
import { repoList } from "./repo-list.ts";
import { manifest, registryBlob } from "./ollama-registry.ts";
import { commits, refs } from "./refs.ts";
import { authCheck, raw, resolve, resolveCache } from "./resolve.ts";
import { safetensorsMetadata } from "./safetensors-metadata.ts";
import { pathsInfo, tree } from "./tree.ts";
import { whoami } from "./whoami.ts";
import { xetReadToken, xetWriteToken } from "./xet-token.ts";

const VERBS: Readonly<Record<string, Handler<HubEnv>>> = {
  "/revision/*": revisionInfo,
  "/tree/*": tree,
  "/commits/*": commits,
  "/refs": refs,
  "/safetensors-metadata/*": safetensorsMetadata,
  "/auth-check": authCheck,
  "/xet-read-token/*": xetReadToken,
  "/xet-write-token/*": xetWriteToken,
};

const IDS = [
  { id: "/:name", idSegments: 1 },
  { id: "/:namespace/:name", idSegments: 2 },
] as const;

/** Models last: `datasets/name` could be one of theirs, too. */
const KINDS: readonly RepoType[] = ["dataset", "space", "kernel", "model"];

/** All routes of the Hub, in the order in which they win. */
export function hubRoutes(): Hono<HubEnv> {
  const app = new Hono<HubEnv>();
  app.get("/api/whoami-v2", whoami);
  app.post("/oauth/device", deviceCode);
  app.post("/oauth/token", deviceToken);
  app.get("/api/agent-harnesses", () => jsonAnswer({ standardEnvVars: [], harnesses: {} }));
  const inRegistry = findRepo({ kind: "model", prefix: 1, idSegments: 2 });
  app.get("/v2/:namespace/:name/manifests/:tag", inRegistry, manifest);
  app.get("/v2/:namespace/:name/blobs/:digest", inRegistry, registryBlob);
  app.get("/api/collections", collectionList);
  app.get("/api/collections/:owner/:slug", collectionInfo);
  for (const kind of KINDS) {
    app.get(`/api/${REPO_WORDS[kind]}`, (c) => repoList(c, kind));
    addRepoRoutes(app, kind);
  }
  return app;
}

function addRepoRoutes(app: Hono<HubEnv>, kind: RepoType): void {
  const word = REPO_WORDS[kind];
  const cached = findRepo({ kind, prefix: 3, idSegments: 2, verb: 0 });
  app.get(`/api/resolve-cache/${word}/:namespace/:name/:commit/*`, cached, resolveCache);
  const [root, prefix] = kind === "model" ? ["", 0] : [`/${word}`, 1];
  // Ids of one segment are former names of old repos. Their verbs must win over a two-segment id.
  for (const { id, idSegments } of IDS) {
    const onApi = findRepo({ kind, prefix: 2, idSegments });
    for (const [path, handler] of Object.entries(VERBS)) {
      app.get(`/api/${word}${id}${path}`, onApi, handler);
    }
    app.post(`/api/${word}${id}/paths-info/*`, onApi, pathsInfo);
    const atRoot = findRepo({ kind, prefix, idSegments });
    app.get(`${root}${id}/resolve/*`, atRoot, resolve);
    app.get(`${root}${id}/raw/*`, atRoot, raw);
  }
  for (const { id, idSegments } of IDS) {
    const onApi = findRepo({ kind, prefix: 2, idSegments });
    // A name of one segment has no scan: `acme/scan` is a repo.
    if (idSegments === 2) app.get(`/api/${word}${id}/scan`, onApi, scan);
    app.get(`/api/${word}${id}`, onApi, repoInfo);
  }
}
