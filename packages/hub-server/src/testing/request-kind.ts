import { decoded } from "../store/decoded.ts";

/**
 * The part of a Hub that a request is for. `cas` and `xorb` are the hosts of its Xet storage. `elsewhere` is the third host, to which no client should
 * send its token.
 */
export type RequestTarget = "api" | "resolve" | "cdn" | "elsewhere" | "cas" | "xorb";

/** The subject of a request. */
export interface RequestKind {
  readonly target: RequestTarget;
  readonly repoId: string | undefined;
  /** The file's path inside the repo. For an API request, the URL's path below the base path. */
  readonly path: string;
}

const FILE_ROUTES: readonly { pattern: RegExp; target: "resolve" | "cdn" }[] = [
  {
    pattern: /^\/repos\/(?:(?:datasets|spaces|kernels)\/)?([^/]+\/[^/]+)\/[^/]+\/(.+)$/,
    target: "cdn",
  },
  { pattern: /^\/api\/resolve-cache\/[a-z]+\/([^/]+\/[^/]+)\/[^/]+\/(.+)$/, target: "resolve" },
  {
    pattern:
      /^\/(?:(?:datasets|spaces|kernels)\/(?=[^/]+\/[^/]+\/(?:resolve|raw)\/))?([^/]+(?:\/[^/]+)?)\/(?:resolve|raw)\/(?:refs\/(?:pr|convert|heads|tags)\/[^/]+|[^/]+)\/(.+)$/,
    target: "resolve",
  },
];

/** Reads target, repo and file out of a URL's path (below the base path, still encoded). */
export function requestKind(pathname: string): RequestKind {
  for (const { pattern, target } of FILE_ROUTES) {
    const match = pattern.exec(pathname);
    if (match) return { target, repoId: decoded(match[1] ?? ""), path: decoded(match[2] ?? "") };
  }
  const repoId = /^\/api\/(?:models|datasets|spaces|kernels)\/([^/]+\/[^/]+)(?:\/|$)/.exec(
    pathname,
  )?.[1];
  return {
    target: "api",
    repoId: repoId === undefined ? undefined : decoded(repoId),
    path: decoded(pathname),
  };
}
