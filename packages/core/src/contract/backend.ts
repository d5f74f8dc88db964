import type { DownloadEventBody } from "./events.ts";
import type { ListedModel, ModelQuery } from "./listed-model.ts";

/** A backend's facts about the Hub and the cache, checked, with options and environment already resolved. */
export interface BackendHub {
  /** Base of every Hub address, no trailing slash. */
  readonly endpoint: string;
  /**
   * The token for the endpoint. False: send none. Undefined: none was found here, so the backend may look for one
   * itself.
   */
  readonly token: string | false | undefined;
  /** How long a metadata call may take to answer, in ms. */
  readonly etagTimeoutMs: number;
  readonly signal: AbortSignal;
  /** For the backend's own `warning`, `retry` and `waiting` events. The caller emits the others. */
  readonly emit: (event: DownloadEventBody) => void;
}

/** A question about one repo. */
export interface BackendRepo extends BackendHub {
  readonly repoId: string;
  /** Branch, tag, pull request or commit. */
  readonly revision: string;
}

/** An order to bring files of one commit into their place. */
export interface BackendFetch extends BackendRepo {
  readonly commit: string;
  /** Paths with their sizes in bytes. No two of them have the same content. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** Absolute path of the hub cache. */
  readonly cacheDir: string;
  /** Plain files into this folder instead of the cache. */
  readonly localDir: string | undefined;
  /** Files or ranges at once. */
  readonly connections: number;
  /** Also fetches files that are in their place. */
  readonly force: boolean;
  /** A file moves: bytes of it that are here, and body bytes that came for it so far. */
  readonly onProgress: (path: string, bytes: { received: number; wire: number }) => void;
  /** A file is in its place. `wire` is null when the backend does not know how many bytes came over the network. */
  readonly onFile: (path: string, bytes: { wire: number | null }) => void;
}

/**
 * Another client that speaks to the Hub and puts files into the cache instead of this package's own engine. Planning,
 * selection, verification of every byte, the ref and the result stay here, so that all backends have the same options,
 * events and errors. Rejects with the signal's reason when aborted, otherwise with a {@link BackendError}.
 */
export interface DownloadBackend {
  /** For messages: `python` … */
  readonly name: string;
  /** The 40-hex commit that the revision means now. */
  resolveCommit(repo: BackendRepo): Promise<string>;
  /** The items of the Hub's recursive tree listing at the commit that `revision` holds, unchecked. */
  listTree(repo: BackendRepo): Promise<readonly unknown[]>;
  /**
   * Brings every file and reports each by `onFile`. Resolves when all are there. Each file appears atomically. The
   * caller verifies the digests.
   */
  fetch(order: BackendFetch): Promise<void>;
  /** Models of the Hub, searched and sorted by the server. */
  listModels(hub: BackendHub, query: ModelQuery): AsyncIterable<ListedModel>;
}

/** A backend's failure, in a form that gives the same coded error as a failure of our own requests. */
export type BackendFailure =
  /** The Hub answered with an error. `url` may be a redirect's target. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly url: string;
      /** The start of the body, as text. */
      readonly body: string;
      /** The file that was asked for, when it was one. */
      readonly path?: string | undefined;
    }
  /** No answer, or one that broke. `code` is a system code such as `ECONNREFUSED`. */
  | {
      readonly kind: "network";
      readonly code: string;
      readonly message: string;
      /** The answer had begun. */
      readonly midway: boolean;
    }
  /** The operating system refused. `code` is a system code such as `ENOSPC`. */
  | {
      readonly kind: "system";
      readonly code: string;
      readonly message: string;
      readonly path?: string | undefined;
    }
  /** Anything that already has its code and hint. */
  | {
      readonly kind: "coded";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly data?: Readonly<Record<string, unknown>> | undefined;
    };

/** An error of a backend, told by its `failure`. */
export interface BackendError extends Error {
  readonly failure: BackendFailure;
}
