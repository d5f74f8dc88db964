import { isSlice, type HubAnswer } from "../http/answer.ts";
import { parseRange } from "../http/range.ts";
import { stableId } from "../store/git-object.ts";
import { changeAnswer, withBody } from "./change-answer.ts";
import type { RequestKind } from "./request-kind.ts";

/**
 * Habits of servers that stand in for the Hub (olah, hfd, DingoSpeed, mirrorface), each measured on the real program.
 * Unlike faults they are always on.
 */
export interface Quirks {
  /** Trees hold `{"oid":"","path":"","type":"","size":0}` instead of directories (hfd). */
  readonly blankDirectories?: boolean;
  /** Errors have no X-Error-* headers, and say only `{"error":"not found"}` (hfd). */
  readonly noErrorCodes?: boolean;
  /** An unknown revision: 200 with `"sha":""` on info, 500 on tree (hfd). */
  readonly unknownRevisionOk?: boolean;
  /** No X-Repo-Commit on API answers (hfd). */
  readonly noRepoCommitOnApi?: boolean;
  /** Trees never page, and come chunked without a length (hfd). */
  readonly treeWithoutPages?: boolean;
  /** `tree/<revision>` is redirected to the absolute URL with a trailing slash (olah). */
  readonly treeSlashRedirect?: boolean;
  /** The next page's URL is on the third host (olah, DingoSpeed). */
  readonly nextPageElsewhere?: boolean;
  /**
   * `recursive` in a tree's query is not passed on: folders are listed, their content is not (a
   * proxy).
   */
  readonly recursionDropped?: boolean;
  /** No `Link` to the next page (a proxy). */
  readonly nextPageDropped?: boolean;
  /** Every page is the first (olah, DingoSpeed). */
  readonly cursorIgnored?: boolean;
  /** Listings and collections answer 401 RepoNotFound (olah). */
  readonly listingRefused?: boolean;
  /** A redirect promises a body of 278 bytes that never comes. */
  readonly redirectWithoutBody?: boolean;
  /**
   * A range is answered 200 with just its bytes. `-10` gives 11 bytes. Past the end the answer is
   * 200 and empty (DingoSpeed).
   */
  readonly rangeAs200?: boolean;
  /** If-Range is not looked at (olah, DingoSpeed). */
  readonly ifRangeIgnored?: boolean;
  /** LFS files are answered 200 by the Hub itself, without X-Linked-* (hfd, olah). */
  readonly lfsDirect?: boolean;
  /** The last hop's ETag is 32 hex that no content has (S3, mirrorface). */
  readonly lastHopEtag?: boolean;
  /** No ETag on `/resolve/`, only an X-Linked-ETag without quotes (DingoSpeed). */
  readonly unquotedLinkedEtag?: boolean;
  /** No Accept-Ranges, although ranges work. */
  readonly noAcceptRanges?: boolean;
  /** Content-Type of file answers: none, or another one. */
  readonly fileContentType?: "none" | "text/event-stream";
  /** 416 says `*\/N` without the unit. */
  readonly contentRangeWithoutUnit?: boolean;
  /** An empty file is listed as LFS with `pointerSize` 0, and is not found (hfd). */
  readonly emptyFileAsLfs?: boolean;
  /** Paths with `?`, `#` or `%` in them are not found (olah). */
  readonly encodedPathNotFound?: boolean;
}

/** The input of a quirk. */
export interface QuirkContext extends RequestKind {
  readonly url: URL;
  readonly method: string;
  readonly range: string | undefined;
  readonly elsewhereUrl: string;
}

/** The answer as a server with these quirks gives it. */
export function applyQuirks(answer: HubAnswer, quirks: Quirks, context: QuirkContext): HubAnswer {
  const steps =
    context.target === "api" ? [apiAnswer, apiHeaders] : [fileErrors, fileBytes, fileHeaders];
  return steps.reduce((current, step) => step(current, quirks, context), answer);
}

function apiAnswer(answer: HubAnswer, quirks: Quirks, context: QuirkContext): HubAnswer {
  const { path, url } = context;
  const isTree = /^\/api\/models\/[^/]+\/[^/]+\/tree\//.test(path);
  if (quirks.listingRefused && /^\/api\/(?:models|collections)\/?$/.test(path)) {
    return errorAnswer(401, {
      "x-error-code": "RepoNotFound",
      "x-error-message": "Repository not found",
    });
  }
  if (quirks.treeSlashRedirect && isTree && !url.pathname.endsWith("/")) {
    return errorAnswer(307, { location: `${url.origin}${url.pathname}/${url.search}` });
  }
  if (quirks.unknownRevisionOk && answer.headers.get("x-error-code") === "RevisionNotFound") {
    return isTree
      ? errorAnswer(500, {})
      : jsonAnswer({ id: context.repoId, sha: "", siblings: null });
  }
  if (!isTree || answer.status !== 200) return answer;
  return changeEntries(answer, (entries) =>
    entries.map((entry) => {
      if (quirks.blankDirectories && entry["type"] === "directory") {
        return { oid: "", path: "", type: "", size: 0 };
      }
      if (quirks.emptyFileAsLfs && entry["type"] === "file" && entry["size"] === 0) {
        const oid = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        return { ...entry, lfs: { oid, size: 0, pointerSize: 0 } };
      }
      return entry;
    }),
  );
}

function apiHeaders(answer: HubAnswer, quirks: Quirks, context: QuirkContext): HubAnswer {
  const headers = new Headers(answer.headers);
  if (quirks.noRepoCommitOnApi) headers.delete("x-repo-commit");
  const next = headers.get("link");
  if (quirks.nextPageDropped) headers.delete("link");
  else if (quirks.nextPageElsewhere && next) {
    headers.set("link", next.replace(context.url.origin, context.elsewhereUrl));
  }
  if (quirks.treeWithoutPages && context.path.includes("/tree/")) headers.delete("content-length");
  return withoutCodes({ ...answer, headers }, quirks);
}

function fileErrors(answer: HubAnswer, quirks: Quirks, context: QuirkContext): HubAnswer {
  const { path, target, method } = context;
  const hidden = quirks.encodedPathNotFound && /[?#%]/.test(path);
  const size = answer.headers.get("x-linked-size") ?? answer.headers.get("content-length");
  const empty = quirks.emptyFileAsLfs && answer.status < 400 && size === "0";
  if (target === "resolve" && (hidden || empty)) return errorAnswer(404, {});
  if (
    quirks.redirectWithoutBody &&
    answer.status >= 300 &&
    answer.status < 400 &&
    method === "GET"
  ) {
    return withBody(answer, new Headers(answer.headers), new Uint8Array(278));
  }
  return withoutCodes(answer, quirks);
}

function fileBytes(answer: HubAnswer, quirks: Quirks, context: QuirkContext): HubAnswer {
  let current = answer;
  if (quirks.ifRangeIgnored && answer.status === 200) {
    current = changeAnswer(current, { kind: "ifRangeIgnored" }, context);
  }
  if (!quirks.rangeAs200) return current;
  if (current.status === 416) {
    const headers = new Headers(current.headers);
    headers.delete("content-range");
    headers.set("content-length", "0");
    return { status: 200, headers, body: undefined };
  }
  const { body } = current;
  if (current.status === 206 && isSlice(body) && context.range?.startsWith("bytes=-")) {
    const longer = parseRange(`bytes=${Math.max(0, body.start - 1)}-`, body.blob.size);
    if (longer.kind === "part") {
      current = { ...current, body: { ...body, start: longer.start } };
      current.headers.set("content-length", String(longer.end - longer.start));
    }
  }
  return current.status === 206 ? changeAnswer(current, { kind: "rangeAs200" }, context) : current;
}

function fileHeaders(answer: HubAnswer, quirks: Quirks, context: QuirkContext): HubAnswer {
  const headers = new Headers(answer.headers);
  const isRedirect = answer.status >= 300 && answer.status < 400;
  if (quirks.lfsDirect) {
    headers.delete("x-linked-etag");
    headers.delete("x-linked-size");
  }
  if (quirks.lastHopEtag && !isRedirect && answer.status < 400) {
    headers.set("etag", `"${stableId("md5", context.path).slice(0, 32)}"`);
  }
  if (quirks.unquotedLinkedEtag && context.target === "resolve" && headers.has("etag")) {
    const etag = headers.get("x-linked-etag") ?? headers.get("etag") ?? "";
    headers.set("x-linked-etag", etag.replaceAll('"', ""));
    headers.delete("etag");
  }
  if (quirks.noAcceptRanges) headers.delete("accept-ranges");
  if (quirks.fileContentType && !isRedirect) {
    headers.delete("content-type");
    if (quirks.fileContentType !== "none") headers.set("content-type", quirks.fileContentType);
  }
  if (quirks.contentRangeWithoutUnit && answer.status === 416) {
    headers.set("content-range", (headers.get("content-range") ?? "").replace("bytes ", ""));
  }
  return { ...answer, headers };
}

/** The answer with its JSON array mapped. Any other answer is unchanged. */
export function changeEntries(
  answer: HubAnswer,
  change: (entries: readonly Record<string, unknown>[]) => readonly unknown[],
): HubAnswer {
  if (!(answer.body instanceof Uint8Array)) return answer;
  const entries = JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>[];
  const text = JSON.stringify(change(entries));
  return withBody(answer, new Headers(answer.headers), new TextEncoder().encode(text));
}

function withoutCodes(answer: HubAnswer, quirks: Quirks): HubAnswer {
  return quirks.noErrorCodes && answer.status >= 400 ? errorAnswer(answer.status, {}) : answer;
}

function errorAnswer(status: number, headers: Record<string, string>): HubAnswer {
  const answer = jsonAnswer({ error: status < 400 ? "moved" : "not found" });
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return { ...answer, status };
}

function jsonAnswer(value: unknown): HubAnswer {
  const headers = new Headers({ "content-type": "application/json" });
  const body = new TextEncoder().encode(JSON.stringify(value));
  return withBody({ status: 200, headers, body: undefined }, headers, body);
}
