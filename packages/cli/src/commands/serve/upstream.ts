import type { DownloadEvent, HubOptions } from "@mlx-download/core";
import type { MirrorUpstream, RepoName } from "@mlx-download/hub-server";

/** How the Hub behind a mirror is reached. */
export interface UpstreamOptions extends Pick<HubOptions, "cacheDir" | "endpoint" | "env"> {
  /** Without a trailing slash. */
  readonly url: string;
  readonly connections: number | undefined;
  readonly limitRate: number | undefined;
}

// So long a client may wait for the word that the Hub is away.
const PATIENCE_MS = 8_000;

/** The Hub of the settings as the mirror sees it: core asks and downloads, each time with the token that is handed in. */
export function createUpstream({ url, ...options }: UpstreamOptions): MirrorUpstream {
  const { connections, limitRate, ...hub } = options;
  const asking = (token: string | undefined, signal: AbortSignal): HubOptions => ({
    ...hub,
    token: token ?? false,
    tokenSource: "a client of the mirror",
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  });
  return {
    url,
    async access(repo, { token, signal }) {
      const { repoAccess } = await import("@mlx-download/core");
      return repoAccess(repo, asking(token, signal));
    },
    async snapshot(repo, { revision, token, signal }) {
      const { readSnapshot } = await import("@mlx-download/core");
      const found = await readSnapshot({ ...repo, revision }, asking(token, signal));
      // The cache's own word on a branch is not the Hub's: the mirror says that it is old.
      if (found.from === "cache" && found.commit !== revision) throw away(repo);
      if ((found.withheld ?? []).length > 0) throw withheld(repo);
      return { commit: found.commit, files: found.files };
    },
    async fetch(repo, { commit, path, token, signal, onArrived, onReplaced, onWire }) {
      const { download } = await import("@mlx-download/core");
      let wire = 0;
      await download(
        { ...repo, revision: commit },
        {
          ...hub,
          token: token ?? false,
          tokenSource: "a client of the mirror",
          signal,
          connections,
          limitRate,
          include: [asPattern(path)],
          onArrived,
          onEvent(event: DownloadEvent) {
            if (event.type === "progress") {
              onWire(event.bytes.wire - wire);
              wire = event.bytes.wire;
            }
            if (event.type === "retry" && event.code === "transfer/checksum-mismatch") onReplaced();
          },
        },
      );
    },
  };
}

/** A pattern that matches this path alone. */
function asPattern(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}

function away({ repoId }: RepoName): Error {
  return new Error(`the Hub did not answer for ${repoId}`);
}

function withheld({ repoId }: RepoName): Error {
  const error = new Error(`the Hub withholds the files of ${repoId} from this token`);
  return Object.assign(error, { code: "hub/gated" });
}
