import type { IncomingMessage, ServerResponse } from "node:http";
import type { HubAnswer } from "../http/answer.ts";
import { toRequest } from "../http/listener.ts";
import { openPort } from "../http/open-port.ts";
import { createHandlers, type HubHandlers } from "../hub.ts";
import type { HubOptions } from "../hub-options.ts";
import type { FileContent } from "../store/file-content.ts";
import { createMemoryStore, type MemoryStore, type RepoOptions } from "../store/memory-store.ts";
import { changeAnswer } from "./change-answer.ts";
import { createFaultPlan, type FaultPlan } from "./fault-plan.ts";
import { applyQuirks, changeEntries, type Quirks } from "./quirks.ts";
import { requestKind } from "./request-kind.ts";
import { createRequestLog, type RequestLog, type RequestLogEntry } from "./request-log.ts";
import { sendFaulty } from "./send-faulty.ts";

/** How a test Hub behaves; nothing given: like the real one. */
export interface TestHubOptions extends Omit<HubOptions, "store" | "cdnUrl"> {
  readonly quirks?: Quirks;
}

/** Changes the JSON entries of a tree page into anything, or replaces them all. */
export type TreeOverride =
  | readonly unknown[]
  | ((entries: readonly Record<string, unknown>[]) => readonly unknown[]);

/** How a repo of a test Hub differs from an ordinary one. */
export interface TestRepoOptions extends RepoOptions {
  readonly quirks?: Quirks;
  readonly tree?: TreeOverride;
}

/** A Hub on loopback for tests: it plays faults and keeps a log. */
export interface TestHub {
  /** For `HF_ENDPOINT`: on 127.0.0.1, with the base path, without a trailing slash. */
  readonly url: string;
  /** On localhost: another host than the Hub's. */
  readonly cdnUrl: string;
  /** A third origin, on localhost too; it serves the same. No token should get here. */
  readonly elsewhereUrl: string;
  /** Adds a repo (`org/name`), or a further commit or revision to it. */
  addRepo(
    repoId: string,
    files: Readonly<Record<string, FileContent>>,
    options?: TestRepoOptions,
  ): Promise<{ readonly commit: string }>;
  /** Users, tokens, settings, collections. */
  readonly store: MemoryStore;
  readonly faults: FaultPlan;
  readonly log: RequestLog;
  /** Cuts all connections and frees the ports. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a {@link TestHub} on free ports. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const store = createMemoryStore();
  const faults = createFaultPlan();
  const log = createRequestLog();
  const special = new Map<string, { quirks: Quirks | undefined; tree: TreeOverride | undefined }>();
  const basePath = (options.basePath ?? "").replace(/\/+$/, "");
  const quirksOf = (repoId: string | undefined): Quirks => ({
    ...options.quirks,
    ...special.get(repoId ?? "")?.quirks,
  });

  const answer = async (request: Request, entry: RequestLogEntry): Promise<HubAnswer> => {
    const quirks = quirksOf(entry.repoId);
    const url = new URL(request.url);
    const asked = quirks.cursorIgnored ? withoutCursor(request) : request;
    const isCdn = url.pathname.startsWith("/repos/");
    const from = handlers(quirks);
    let current = await (isCdn ? from.cdn(asked) : from.hub(asked));
    const tree = special.get(entry.repoId ?? "")?.tree;
    if (tree && entry.path.includes("/tree/") && current.status === 200) {
      current = overrideTree(current, tree);
    }
    const kind = { target: entry.target, repoId: entry.repoId, path: entry.path };
    const context = { ...kind, url, method: entry.method, range: entry.range, elsewhereUrl };
    return applyQuirks(current, quirks, context);
  };

  const listener =
    (host: "hub" | "cdn" | "elsewhere") =>
    (incoming: IncomingMessage, response: ServerResponse): void => {
      response.on("error", () => {}); // the socket broke; "close" follows
      const entry = logEntry(incoming, { host, basePath });
      log.push(entry);
      response.once("close", () => {
        entry.outcome ??= "broken";
      });
      serve(incoming, response, entry).catch(() => response.destroy());
    };

  const serve = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    entry: RequestLogEntry,
  ): Promise<void> => {
    const request = await toRequest(incoming);
    const plain = request instanceof Request ? await answer(request, entry) : request;
    const met = faults.match(entry, plain);
    const url = request instanceof Request ? new URL(request.url) : new URL(hub.url);
    const context = { url, range: entry.range, elsewhereUrl };
    const faulty = met.reduce((current, fault) => changeAnswer(current, fault, context), plain);
    const final = entry.method === "HEAD" ? { ...faulty, body: undefined } : faulty;
    entry.status = final.status;
    const onSent = (bytes: number): void => void (entry.bytesSent += bytes);
    const isRedirect = final.status >= 300 && final.status < 400;
    const withheld = quirksOf(entry.repoId).redirectWithoutBody && isRedirect && final.body;
    const effects = withheld ? [...met, { kind: "stall", afterBytes: 0 } as const] : met;
    const complete = await sendFaulty(response, final, { faults: effects, onSent });
    entry.outcome = complete ? "sent" : "broken";
  };

  const [api, cdn, elsewhere] = await Promise.all([
    openPort(listener("hub"), { host: "127.0.0.1", port: 0 }),
    openPort(listener("cdn"), { host: "localhost", port: 0 }),
    openPort(listener("elsewhere"), { host: "localhost", port: 0 }),
  ]);
  const elsewhereUrl = `http://localhost:${elsewhere.port}`;
  const cdnUrl = `http://localhost:${cdn.port}`;
  const handlers = handlerCache({ ...options, basePath, cdnUrl, store });
  const close = async (): Promise<void> => {
    await Promise.all([api.close(), cdn.close(), elsewhere.close()]);
  };
  const hub: TestHub = {
    url: `http://127.0.0.1:${api.port}${basePath}`,
    cdnUrl,
    elsewhereUrl,
    async addRepo(repoId, files, { quirks, tree, ...repoOptions } = {}) {
      if (quirks || tree) special.set(repoId, { quirks, tree });
      return store.addRepo(repoId, files, repoOptions);
    },
    store,
    faults,
    log,
    close,
    [Symbol.asyncDispose]: close,
  };
  return hub;
}

/** The Hub's own options that stand for quirks; one pair of handlers for each combination. */
function handlerCache(base: HubOptions): (quirks: Quirks) => HubHandlers {
  const made = new Map<string, HubHandlers>();
  return ({ lfsDirect = false, treeWithoutPages = false }) => {
    const key = `${lfsDirect} ${treeWithoutPages}`;
    const handlers =
      made.get(key) ??
      createHandlers({
        ...base,
        ...(lfsDirect ? { largeFiles: "direct" as const } : {}),
        ...(treeWithoutPages ? { treePageSize: Number.MAX_SAFE_INTEGER } : {}),
      });
    made.set(key, handlers);
    return handlers;
  };
}

function overrideTree(answer: HubAnswer, tree: TreeOverride): HubAnswer {
  if (typeof tree === "function") return changeEntries(answer, tree);
  const replaced = changeEntries(answer, () => tree);
  replaced.headers.delete("link");
  return replaced;
}

function withoutCursor(request: Request): Request {
  const url = new URL(request.url);
  url.searchParams.delete("cursor");
  return new Request(url, request);
}

function logEntry(
  incoming: IncomingMessage,
  { host, basePath }: { host: "hub" | "cdn" | "elsewhere"; basePath: string },
): RequestLogEntry {
  const { headers, method = "", url = "" } = incoming;
  const path = url.split("?")[0] ?? "";
  const kind = requestKind(path.startsWith(basePath) ? path.slice(basePath.length) : path);
  return {
    at: Date.now(),
    ...kind,
    target: host === "hub" ? kind.target : host,
    method,
    url,
    range: headers.range,
    authorization: headers.authorization !== undefined,
    host: headers.host ?? "",
    userAgent: headers["user-agent"],
    headers: { ...headers },
    status: 0,
    bytesSent: 0,
    outcome: undefined,
  };
}
