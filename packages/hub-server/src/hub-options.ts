import type { DeviceLogins } from "./store/device-logins.ts";
import { pseudoXetHash, type XetHashOf } from "./store/xet-hash.ts";
import type { RepoStore } from "./store/repo-store.ts";
import type { XetStorage } from "./xet/xet-storage.ts";

/** How a Hub behaves, where real ones differ or tests want it otherwise. */
export interface HubOptions {
  readonly store: RepoStore;
  /**
   * Where `cdnListener` is reachable, without a trailing slash. Without it LFS files are answered directly. Of several,
   * like the real Hub's regional hosts, links take one after the other.
   */
  readonly cdnUrl?: string | readonly string[] | undefined;
  /** A path that all routes are below, like `/mirror`. */
  readonly basePath?: string | undefined;
  /** Whether trees of gated repos mask the digests of LFS files for users without access (default true). */
  readonly maskGated?: boolean | undefined;
  /** Whether files outside LFS are answered with a 307 to `/api/resolve-cache/…` (default) or at once. */
  readonly smallFiles?: "redirect" | "direct" | undefined;
  /** Whether LFS files are answered with a 302 to the CDN (default where there is one) or at once. */
  readonly largeFiles?: "redirect" | "direct" | undefined;
  /**
   * Whether the 307 of a small file includes its size (default true). The real Hub does so only
   * sometimes.
   */
  readonly linkedSize?: boolean | undefined;
  /** Whether answers to requests without a token warn of lower limits in `X-HF-Warning` (default true, as since June 2026). */
  readonly anonymousWarning?: boolean | undefined;
  /** The Xet storage that holds the files with a `xetHash`. It gives tokens and answers, and is the `casUrl`. */
  readonly xet?: XetStorage | undefined;
  /**
   * Where the Xet storage is whose hashes `xetHash` gives: trees, headers and links then lead there, as on the real Hub.
   * Clients with a Xet reader go there without fail, so nothing is said without it.
   */
  readonly casUrl?: string | undefined;
  /**
   * The Xet hash of a file: the CDN's ETag, and the hash sent when there is a `casUrl`. Default:
   * derived from its sha256.
   */
  readonly xetHash?: XetHashOf | undefined;
  /** Whether small text is compressed for clients that accept gzip (default false). Length and ranges go away then. */
  readonly gzip?: boolean | undefined;
  /** Status for a Range on an empty file: 200 (default), or 416 as RFC 9110 has it. */
  readonly emptyRange?: 200 | 416 | undefined;
  /** Whether `refs/pr/1` is understood unencoded, too (default true). */
  readonly unencodedRefs?: boolean | undefined;
  /** Entries a page of a tree: default 1000, and at most 50 with `expand`. */
  readonly treePageSize?: number | undefined;
  /** Entries a page of a listing when no limit is asked for, and the most that can be asked for: default 1000. */
  readonly listPageSize?: number | undefined;
  /** Seconds that a CDN URL is good for: default 3600. */
  readonly signedUrlSeconds?: number | undefined;
  /** Logins from devices. Without them `/oauth/…` answers that no device is known. */
  readonly deviceLogins?: DeviceLogins | undefined;
  /** The clock, in ms since 1970. */
  readonly now?: (() => number) | undefined;
  /**
   * Called with the error behind an answer of status 500 or a broken connection, such as a missing
   * file or a failed store.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** {@link HubOptions} with every default filled in. */
export type HubConfig = {
  readonly [
    Name in Exclude<keyof HubOptions, "cdnUrl" | "casUrl" | "deviceLogins" | "xet">
  ]-?: NonNullable<HubOptions[Name]>;
} & Pick<HubOptions, "casUrl" | "deviceLogins"> & {
    /** The next host for a link. Undefined without a CDN. */
    readonly nextCdnUrl: () => string | undefined;
    readonly xet: XetStorage | undefined;
  };

/** Fills in the defaults. */
export function hubConfig(options: HubOptions): HubConfig {
  return {
    store: options.store,
    nextCdnUrl: inTurn(options.cdnUrl),
    casUrl: options.xet?.casUrl ?? options.casUrl,
    xet: options.xet,
    xetHash: options.xetHash ?? (options.xet ? (file) => file.xetHash : pseudoXetHash),
    anonymousWarning: options.anonymousWarning ?? true,
    basePath: normalBasePath(options.basePath),
    maskGated: options.maskGated ?? true,
    smallFiles: options.smallFiles ?? "redirect",
    largeFiles:
      options.cdnUrl === undefined || options.cdnUrl.length === 0
        ? "direct"
        : (options.largeFiles ?? "redirect"),
    linkedSize: options.linkedSize ?? true,
    gzip: options.gzip ?? false,
    emptyRange: options.emptyRange ?? 200,
    unencodedRefs: options.unencodedRefs ?? true,
    treePageSize: Math.max(1, options.treePageSize ?? 1000),
    listPageSize: Math.max(1, options.listPageSize ?? 1000),
    signedUrlSeconds: options.signedUrlSeconds ?? 3600,
    deviceLogins: options.deviceLogins,
    now: options.now ?? Date.now,
    onError: options.onError ?? (() => {}),
  };
}

function inTurn(urls: string | readonly string[] = []): () => string | undefined {
  const all = typeof urls === "string" ? [urls] : urls;
  let next = 0;
  return () => {
    next += 1;
    return all[(next - 1) % all.length];
  };
}

/** A base path with a leading slash and without a trailing one. Empty for none. */
export function normalBasePath(path = ""): string {
  const inner = path.replaceAll(/^\/+|\/+$/g, "");
  return inner === "" ? "" : `/${inner}`;
}
