import type { IncomingMessage } from "node:http";
import { requestKind, type RequestTarget } from "./request-kind.ts";

/** One request that reached the test Hub. The last three fields are filled in as it is answered. */
export interface RequestLogEntry {
  /** ms since 1970. */
  readonly at: number;
  readonly target: RequestTarget;
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly repoId: string | undefined;
  /** The file's path in the repo. For an API request, the URL's path. */
  readonly path: string;
  /** The Range header. */
  readonly range: string | undefined;
  /** Whether an Authorization header came. */
  readonly authorization: boolean;
  /** The Host header. */
  readonly host: string;
  readonly userAgent: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** 0 until it is answered. */
  status: number;
  /** Body bytes that the socket has taken. */
  bytesSent: number;
  /**
   * `sent`: the whole answer. `broken`: by a fault, or because the client left. Undefined while it
   * lasts.
   */
  outcome: "sent" | "broken" | undefined;
}

/** A selection of entries. All given fields must match. `path` as in a fault. */
export interface LogFilter {
  readonly target?: RequestTarget;
  readonly method?: string;
  readonly path?: string | RegExp;
  readonly repoId?: string;
  readonly status?: number;
  readonly authorization?: boolean;
}

/** All requests since the start or the last `clear()`, in order of arrival. `GET /api/agent-harnesses`, which Python sends when it likes, is not among them. */
export interface RequestLog {
  readonly entries: readonly RequestLogEntry[];
  of(filter: LogFilter | ((entry: RequestLogEntry) => boolean)): readonly RequestLogEntry[];
  /** Resolves with the n-th entry (from 1, default 1) that passes, now or as soon as it comes. */
  waitFor(
    filter: LogFilter | ((entry: RequestLogEntry) => boolean),
    nth?: number,
  ): Promise<RequestLogEntry>;
  clear(): void;
}

/** A {@link RequestLog}, and the function that fills it. */
export interface RequestLogger extends RequestLog {
  push(entry: RequestLogEntry): void;
}

/** An empty log. */
export function createRequestLog(): RequestLogger {
  const entries: RequestLogEntry[] = [];
  const waiting = new Set<() => void>();
  const log: RequestLogger = {
    entries,
    of: (filter) => entries.filter(toPredicate(filter)),
    async waitFor(filter, nth = 1) {
      for (;;) {
        const found = log.of(filter)[nth - 1];
        if (found) return found;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    clear: () => void entries.splice(0),
    push(entry) {
      if (entry.path !== "/api/agent-harnesses") entries.push(entry);
      for (const wake of waiting) wake();
      waiting.clear();
    },
  };
  return log;
}

/** The entry of a request that has just come in on one of the test Hub's hosts. */
export function logEntry(
  incoming: IncomingMessage,
  { host, basePath }: { host: "hub" | Exclude<RequestTarget, "api" | "resolve">; basePath: string },
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

function toPredicate(
  filter: LogFilter | ((entry: RequestLogEntry) => boolean),
): (entry: RequestLogEntry) => boolean {
  if (typeof filter === "function") return filter;
  const { path, ...rest } = filter;
  const wanted = Object.entries(rest).filter(([, value]) => value !== undefined);
  return (entry) =>
    wanted.every(([name, value]) => entry[name as keyof RequestLogEntry] === value) &&
    (path === undefined || matchesPath(path, entry.path));
}

/** Whether a path is the pattern's: a RegExp, or a whole text in which `*` stands for anything. */
export function matchesPath(pattern: string | RegExp, path: string): boolean {
  if (pattern instanceof RegExp) return new RegExp(pattern.source, pattern.flags).test(path);
  const source = pattern.split("*").map(escape).join("[^]*");
  return new RegExp(`^${source}$`).test(path);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
