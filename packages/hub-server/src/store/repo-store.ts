import type { RepoType } from "@mlx-download/cache";
import type { BlobSource } from "./blob-source.ts";

/** A request for a gated repo that was not granted: not answered yet, refused, or taken back so that it must be made again. */
export type AccessRequest = "pending" | "rejected" | "reset";

/**
 * Why a token is refused: the Hub does not know it, it has expired, its signature no longer verifies (OAuth tokens, after
 * the Hub changed its keys), or the header holds no token at all.
 */
export type TokenRefusal = "unknown" | "expired" | "signature" | "malformed";

/** The statuses of a scan, of a file and of each scanner (the Hub's OpenAPI description, 2026). */
export type ScanStatus =
  | "unscanned"
  | "safe"
  | "queued"
  | "error"
  | "caution"
  | "suspicious"
  | "unsafe";

/** The names of the Hub's scanners. */
export type ScannerName =
  | "avScan"
  | "pickleImportScan"
  | "jFrogScan"
  | "protectAiScan"
  | "virusTotalScan";

/** The scan results of one file: in all, and of the scanners that are named. */
export interface FileScan extends Partial<Readonly<Record<ScannerName, ScannerResult>>> {
  readonly status: ScanStatus;
}

/** The result of one scanner. `pickleImports` are those of `pickleImportScan`. */
export interface ScannerResult {
  readonly status: ScanStatus;
  readonly message?: string;
  readonly pickleImports?: readonly {
    readonly module: string;
    readonly name: string;
    readonly safety: "innocuous" | "suspicious" | "dangerous";
  }[];
}

/** The Hub's facts about a repo beside its files. */
export interface RepoSettings {
  readonly private: boolean;
  readonly gated: false | "auto" | "manual";
  /** Users whose request for a gated repo was granted. */
  readonly accepted: readonly string[];
  /** Where the requests of other users stand, by user name. Who is in neither has not asked. */
  readonly requests: Readonly<Record<string, AccessRequest>>;
  /** Users who see a private repo, beside its owner and the members of its organisation. */
  readonly readers: readonly string[];
  readonly disabled: boolean;
  /** Former ids, of this owner or another one: the Hub answers them with a redirect. */
  readonly renamedFrom: readonly string[];
  readonly tags: readonly string[];
  readonly downloads: number;
  readonly likes: number;
  readonly trendingScore: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly lastModified: string;
  readonly libraryName: string | undefined;
  readonly pipelineTag: string | undefined;
  /** The scanners' results for files, by path. A file that is not listed is safe. */
  readonly scans: Readonly<Record<string, ScanStatus | FileScan>>;
  /**
   * Whether all files were scanned, for the summary of the repo. The real Hub rarely reports so.
   */
  readonly scansDone: boolean;
  /**
   * Further fields of the model's answer, like `inferenceProviderMapping`, `gguf` or `widgetData`.
   * They win over values from the files.
   */
  readonly info: Readonly<Record<string, unknown>>;
}

/** One file of a snapshot: the Hub's description of it, and where its bytes are. */
export interface RepoFile {
  readonly path: string;
  /** In bytes, as listed. `blob.size` is the served size. They differ only in hostile fixtures. */
  readonly size: number;
  /** Git object id. For an LFS file it is the pointer's. */
  readonly oid: string;
  readonly lfs: { readonly sha256: string; readonly pointerSize: number } | undefined;
  readonly xetHash: string | undefined;
  readonly blob: BlobSource;
  /**
   * For a file that is listed although its bytes are not here. `elsewhere`: reading the blob fetches them first, so that
   * nothing but a request for the file may do it. `nowhere`: they cannot be had, and are answered with 404.
   */
  readonly absent?: "elsewhere" | "nowhere" | undefined;
}

/** One repo at one commit. */
export interface RepoSnapshot {
  readonly commit: string;
  /** Sorted by path. */
  readonly files: readonly RepoFile[];
  readonly title: string;
  /** ISO 8601. */
  readonly date: string;
}

/** A name for a commit. */
export interface RepoRefTarget {
  /** `refs/heads/main`, `refs/tags/v1`, `refs/pr/1`. */
  readonly ref: string;
  readonly commit: string;
}

/**
 * A repo of a store. Reading `settings` and `readMain` is cheap. `refs` and `snapshot` may have to
 * digest files.
 */
export interface StoredRepo {
  readonly repoId: string;
  /** Default: a model. */
  readonly repoType?: RepoType | undefined;
  readonly settings: RepoSettings;
  refs(): Promise<readonly RepoRefTarget[]>;
  /** The commit of a branch, tag or short commit, for a repo that does not know all its refs. Default: by `refs`. */
  commitOf?(revision: string): Promise<string | undefined>;
  /** Undefined when the repo has no such commit. */
  snapshot(commit: string): Promise<RepoSnapshot | undefined>;
  /** The commits that led to `commit`, newest first, itself included. */
  history(commit: string): Promise<readonly RepoSnapshot[]>;
  /** A file of `main`, without reading the others. Undefined when there is none. */
  readMain(path: string): Promise<BlobSource | undefined>;
}

/** An account with a token. */
export interface HubUser {
  readonly name: string;
  readonly tokens: readonly string[];
  readonly fullname?: string | undefined;
  readonly email?: string | undefined;
  readonly orgs?: readonly string[] | undefined;
  /** The kind of each token. The default is a read token. */
  readonly tokenKinds?: Readonly<Record<string, TokenKind>> | undefined;
}

/** The kinds of tokens: those of the settings page, and that of a login. */
export type TokenKind = "read" | "write" | "fineGrained" | "oauth";

/** A named list of repos. */
export interface HubCollection {
  /** `owner/title-<24 hex>`. */
  readonly slug: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly items: readonly { readonly repoId: string; readonly note?: string | undefined }[];
  readonly private?: boolean | undefined;
  readonly upvotes?: number | undefined;
  /** ISO 8601. */
  readonly lastUpdated?: string | undefined;
}

/**
 * The source of a Hub's repos, users and collections. Everything is read again for every request.
 */
export interface RepoStore {
  /** All repos, in no particular order. */
  list(): Promise<readonly StoredRepo[]>;
  /**
   * The repo with that id, that former id, or that id in other letter case (`repoId` tells them
   * apart), and that kind, default a model. Undefined when there is none. One of another kind
   * counts as none. Never throws on a strange id.
   */
  find(repoId: string, repoType?: RepoType): Promise<StoredRepo | undefined>;
  /** The owner of a token. Undefined when the token is not, or no longer, valid. */
  userOf(token: string): Promise<HubUser | undefined>;
  /**
   * Why a token without an owner is refused. A store without this function treats such tokens as
   * unknown.
   */
  refusalOf?(token: string): Promise<TokenRefusal | undefined>;
  collections(): Promise<readonly HubCollection[]>;
}
