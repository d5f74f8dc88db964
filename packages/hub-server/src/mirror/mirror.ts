import type { IncomingMessage, ServerResponse } from "node:http";
import { listRepos, recordUse, repoLayout } from "@mlx-download/cache";
import type { HubAnswer } from "../http/answer.ts";
import { isSlice } from "../http/answer.ts";
import { jsonAnswer, textAnswer } from "../http/json-answer.ts";
import {
  gatedAnonymous,
  gatedRefused,
  Refusal,
  refusalAnswer,
  repoNotFound,
} from "../http/refusal.ts";
import { wantsRest } from "../http/unmixed.ts";
import { createHandlers } from "../hub.ts";
import { REPO_WORDS } from "../store/repo-kind.ts";
import type { RepoStore, StoredRepo } from "../store/repo-store.ts";
import { readClientTokens } from "./access-token.ts";
import { createAdmission, type Verdict } from "./admission.ts";
import { blobAnswer, requestedDigest } from "./blob-answer.ts";
import { cachedRepo } from "./cached-repo.ts";
import { evictBeyond } from "./evict-beyond.ts";
import { createMetrics } from "./metrics.ts";
import type { MirrorEventBody } from "./mirror-event.ts";
import { createMirrorListener } from "./mirror-listener.ts";
import type { MirrorOptions } from "./mirror-options.ts";
import { createOfferedBlobs } from "./offered-blobs.ts";
import { createPull } from "./pull.ts";
import { createRepoRules } from "./repo-rules.ts";
import { isSpoiledFile } from "./spoiled-file.ts";
import { requestedRepo } from "./requested-repo.ts";
import type { RepoName } from "./upstream.ts";

/** A Hugging Face cache as a Hub, without a port of its own. */
export interface Mirror {
  /** For `node:http` and `node:https`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Ends fetches from the Hub. Their bytes stay for the next time. */
  close(): Promise<void>;
}

const REFRESH_MS = 60_000;
const REQUESTS_PER_CLIENT = 64;

/** Headers by which the embedded Hub looks like the recorded one, and which would be untrue of a mirror. */
const UNTRUE_HEADERS: readonly string[] = [
  "via",
  "x-cache",
  "x-amz-cf-pop",
  "x-amz-cf-id",
  "x-powered-by",
  "ratelimit",
  "ratelimit-policy",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "access-control-max-age",
  "cross-origin-opener-policy",
];

/**
 * Makes a mirror of a cache, that any client of the Hub can use as its endpoint. Nothing can be written over it, and no
 * token of it leaves it. Files come with their commit and digest at once and not by a redirect, which Python's client
 * needs (huggingface_hub 1.33.0 and 2.4.0 fail when a file's address is on the endpoint's own host).
 */
export function createMirror(options: MirrorOptions): Mirror {
  const { cacheDir, upstream, pullThrough = false, accessToken, maxBytes } = options;
  const { now = Date.now, listRepos: mayList = true, share = "public" } = options;
  const { refreshMs = REFRESH_MS, requestsPerClient = REQUESTS_PER_CLIENT } = options;
  const stop = new AbortController();
  const metrics = createMetrics();
  const emit = (event: MirrorEventBody): void => {
    if (event.type === "fill-done" || event.type === "fill-failed") {
      metrics.filled(event.type === "fill-failed");
    }
    try {
      options.onEvent?.({ ...event, at: now() });
    } catch {
      // a listener's fault is not the clients'
    }
  };
  const evict = evictBeyond({ cacheDir, maxBytes, emit, onEvicted: metrics.evicted });
  const admit = createAdmission({
    cacheDir,
    upstream: share === "all" && !pullThrough ? undefined : upstream,
    share,
    serverToken: options.serverToken,
    now,
    signal: stop.signal,
  });
  const pull =
    upstream !== undefined && pullThrough
      ? createPull({
          cacheDir,
          upstream,
          refreshMs,
          now,
          emit,
          signal: stop.signal,
          onWire: metrics.received,
          onFilled: () => evict.start(),
        })
      : undefined;
  const mayServe = createRepoRules({ allow: options.allow ?? [], deny: options.deny ?? [] });
  const { hub } = createHandlers({
    store: storeOf([]),
    smallFiles: "direct",
    largeFiles: "direct",
    anonymousWarning: false,
    onError: (error) =>
      emit({ type: "warning", code: "mirror/failed", message: String(error).slice(0, 500) }),
  });

  const offered = createOfferedBlobs({
    cacheDir,
    now,
    isPublic: async (repo) => {
      if (!mayServe(repo.repoId)) return false;
      const verdict = await admit(repo, undefined);
      return verdict.kind === "open" && verdict.isPublic;
    },
  });
  void offered.refresh().catch(() => undefined);

  /** The repos that this client could get, of those that are here and known to be public. */
  const openRepos = async (token: string | undefined): Promise<readonly StoredRepo[]> => {
    const found: StoredRepo[] = [];
    for (const layout of await listRepos(cacheDir)) {
      const { repoId, repoType } = layout;
      if (!mayServe(repoId)) continue;
      const verdict = await admit({ repoId, repoType }, token);
      const repo = cachedRepo(layout);
      if (verdict.kind === "open" && (await repo.commitOf?.("main")) !== undefined)
        found.push(repo);
    }
    return found;
  };
  const repoAnswer = async (
    request: Request,
    name: RepoName,
    { address, token }: { address: string | undefined; token: string | undefined },
  ): Promise<HubAnswer> => {
    const path = new URL(request.url).pathname;
    const isApi = path.startsWith("/api/");
    if (!mayServe(name.repoId)) {
      metrics.refused("repo-rule");
      return answerOf(refusalAnswer(repoNotFound(token !== undefined), isApi));
    }
    const verdict = await admit(name, token);
    if (verdict.kind !== "open")
      return answerOf(refusalAnswer(refusal(name, verdict, token), isApi));
    let staleMs: number | undefined;
    const repo =
      pull?.repo(name, { token: verdict.token, onStale: (ageMs) => (staleMs = ageMs) }) ??
      cachedRepo(repoLayout(cacheDir, name.repoId, name.repoType));
    // Whether this client may have the repo is judged. What the Hub's routes would judge by is left away.
    const answer = await hub(withoutToken(request), address, storeOf([repo]));
    if (staleMs !== undefined) {
      answer.headers.set("warning", '110 - "Response is Stale"');
      answer.headers.set("age", String(Math.round(staleMs / 1000)));
    }
    const commit = answer.headers.get("x-repo-commit");
    if (isSlice(answer.body) && commit !== null) {
      void recordUse(repoLayout(cacheDir, name.repoId, name.repoType), commit).catch(() => false);
    }
    return answer;
  };

  /** For a proxy that keeps files itself: may this client have what the path names? */
  const mayRead = async (request: Request, token: string | undefined): Promise<boolean> => {
    const target = request.headers.get("x-original-uri");
    const url = URL.parse(target ?? "", "http://mirror");
    const name = url === null ? undefined : requestedRepo(url.pathname);
    if (url === null || name === undefined || !mayServe(name.repoId)) return false;
    if ((await admit(name, token)).kind !== "open") return false;
    // The proxy may have it on its own disk, and puts it behind the bytes that the client has.
    const layout = repoLayout(cacheDir, name.repoId, name.repoType);
    return !wantsRest(request) || !(await isSpoiledFile(layout, url.pathname));
  };

  const handle = async (request: Request, address: string | undefined): Promise<HubAnswer> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/healthz") return answerOf(jsonAnswer({ status: "ok" }));
    const authorization = request.headers.get("authorization") ?? undefined;
    const { mayEnter, hubToken } = readClientTokens(authorization, accessToken);
    if (!mayEnter) {
      metrics.refused("access-token");
      return answerOf(refusalAnswer(NOT_ENTERED, true));
    }
    if (pathname === "/metrics") {
      const figures = { requests: listening.active, fills: pull?.filling ?? 0 };
      return answerOf(textAnswer(metrics.text(figures), { headers: METRICS_TYPE }));
    }
    const isQuestion = request.method === "POST" && /\/paths-info\//.test(pathname);
    if (request.method !== "GET" && request.method !== "HEAD" && !isQuestion) {
      metrics.refused("method");
      return answerOf(refusalAnswer(READ_ONLY, true));
    }
    const digest = requestedDigest(pathname);
    if (digest !== undefined) return blobAnswer(request, digest, offered.find(digest));
    if (pathname === "/.mlx-download/gate") {
      return gateAnswer(await mayRead(request, hubToken));
    }
    const asked = { address, token: hubToken };
    const name = requestedRepo(pathname);
    if (name !== undefined && !LISTS.has(pathname)) return repoAnswer(request, name, asked);
    const store = mayList && LISTS.has(pathname) ? storeOf(await openRepos(hubToken)) : storeOf([]);
    return hub(withoutToken(request), address, store);
  };

  const listening = createMirrorListener({
    handle: async (request, address) => {
      const answer = await handle(request, address);
      for (const header of UNTRUE_HEADERS) answer.headers.delete(header);
      return answer;
    },
    requestsPerClient,
    onRefused: metrics.refused,
    onAnswered(said) {
      metrics.answered(said.status, said.bytes);
      emit({ type: "request", ...said });
    },
    onError: (error) =>
      emit({ type: "warning", code: "mirror/failed", message: String(error).slice(0, 500) }),
  });
  return {
    listener: listening.listener,
    async close() {
      stop.abort(new Error("the mirror is closing"));
      await evict.settled();
    },
  };
}

const LISTS: ReadonlySet<string> = new Set(Object.values(REPO_WORDS).map((word) => `/api/${word}`));
const METRICS_TYPE = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
const NOT_ENTERED = new Refusal("This mirror asks for its access token.", 401);
const READ_ONLY = new Refusal("This mirror is read only.", 405, {
  headers: { allow: "GET, HEAD" },
  format: "json",
});

function refusal(
  { repoId }: RepoName,
  verdict: Exclude<Verdict, { kind: "open" }>,
  token: string | undefined,
): Refusal {
  if (verdict.kind === "closed") {
    if (!verdict.isGated) return repoNotFound(token !== undefined);
    return token === undefined ? gatedAnonymous(repoId) : gatedRefused(repoId, undefined);
  }
  const message = "This mirror cannot ask the Hub whether it may give you this repo.";
  return new Refusal(message, 503, { headers: { "retry-after": "10" } });
}

/** The two answers that nginx's `auth_request` understands. */
function gateAnswer(isOpen: boolean): HubAnswer {
  const headers = new Headers({ "cache-control": "no-store", "content-length": "0" });
  return { status: isOpen ? 204 : 403, headers, body: undefined };
}

/** A store of these repos alone. */
function storeOf(repos: readonly StoredRepo[]): RepoStore {
  return {
    list: async () => repos,
    find: async (repoId, repoType = "model") =>
      repos.find((repo) => repo.repoId === repoId && (repo.repoType ?? "model") === repoType),
    userOf: async () => undefined,
    collections: async () => [],
  };
}

function withoutToken(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete("authorization");
  return new Request(request, { headers });
}

/** The answer of a response whose body is small. */
async function answerOf(response: Response): Promise<HubAnswer> {
  const { status, headers } = response;
  return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}
