import type { DownloadBackend } from "./backend.ts";
import type { Machine, MemoryOptions, MlxLmSupport } from "@mlx-download/fit";
import type { OnEvent } from "./events.ts";
import type { PresetName } from "./preset-name.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { XetMode } from "./xet-mode.ts";

/** The places to look in and the way to reach the Hub. Shared by all functions that take a ref. */
export interface HubOptions {
  /** Branch, tag or commit. Wins over `@rev` in the ref. Default `main`. */
  readonly revision?: string | undefined;
  /** The hub cache (`…/hub`). Default: the environment's, as Python finds it. */
  readonly cacheDir?: string | undefined;
  /** Hub token. `false` sends none. Default: `HF_TOKEN`, then the token file of the Python client. */
  readonly token?: string | false | undefined;
  /** The origin of `token`, in words for messages (`the macOS keychain`). Default `the token option`. */
  readonly tokenSource?: string | undefined;
  /**
   * Base URL of the Hub or a mirror. It may have a path. Of several, the first that answers supplies a repo's listing,
   * and the bytes come from all of them. Default `HF_ENDPOINT` (a comma list), then https://huggingface.co.
   */
  readonly endpoint?: string | readonly string[] | undefined;
  /**
   * Addresses of other machines that may have the blobs (`http://mini.local:8090`). They are asked by digest, for public
   * repos alone, and get no token. `auto`: those that say so on the networks that the user has allowed
   * (`mlx-download share allow`). Default `MLX_DOWNLOAD_PEERS`, then none. `off`: none.
   */
  readonly peers?: string | readonly string[] | undefined;
  /** Makes no request and uses the cache alone. Default `HF_HUB_OFFLINE`. */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Replaces the HTTP client, for metadata and bytes alike. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Read instead of `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** The wanted files of a repo. Patterns are Python's fnmatch over the whole path (`*` crosses `/`), see `createSelector`. */
export interface SelectionOptions {
  readonly include?: string | readonly string[] | undefined;
  readonly exclude?: string | readonly string[] | undefined;
  readonly preset?: PresetName | undefined;
}

/** The names that `mlx-serving`'s downloader had for some options. Ours win where both are given. */
export interface AncestorOptions {
  /** As `include`. */
  readonly allowPatterns?: readonly string[] | undefined;
  /** As `exclude`. */
  readonly ignorePatterns?: readonly string[] | undefined;
  /** As `force`. */
  readonly forceDownload?: boolean | undefined;
  /** Receives a line of text about every step. `onEvent` reports the same as data. */
  readonly onProgress?: ((message: string) => void) | undefined;
}

/**
 * The trust in a repo. `any`: everything. `scanned`: no file that the Hub's scanners call unsafe or suspicious, no file
 * that could run code without a scan result, no broken safetensors headers, no programs. `data`: in addition, no file
 * that could run code at all (pickles, archives, scripts, code that the config names).
 */
export type TrustPolicy = "any" | "scanned" | "data";

/** The assumptions of a review. Default: this machine, 8192 tokens or the model's own context if that is shorter. */
export interface FitWish extends Partial<MemoryOptions> {
  readonly machine?: Machine | undefined;
  /** The architectures that the installed mlx-lm can load. Default: the release that `@mlx-download/fit` knows. */
  readonly support?: MlxLmSupport | undefined;
  /** Code of the repo may run, as with mlx-lm's `--trust-remote-code`. Default: no, and a model that is such code does not load. */
  readonly trustRemoteCode?: boolean | undefined;
}

/** Whether a model is reviewed before it is fetched, and which results are refused. */
export interface ReviewOptions {
  /** Say `reviewed` before the first byte: always, or only when 100 MB or more are to come. Default: never. */
  readonly review?: boolean | "large" | undefined;
  /** Refuses a model that does not fit, does not load, or cannot be judged. */
  readonly requireFit?: boolean | undefined;
  readonly fit?: FitWish | undefined;
  /** Default `any`. */
  readonly trust?: TrustPolicy | undefined;
}

/** Bytes of an unfinished file that can be read on the disk. */
export interface ArrivedBytes {
  /** The file's path in the repo. */
  readonly path: string;
  /** The file that has the bytes, at their place. */
  readonly dataPath: string;
  /** Inclusive, in bytes. */
  readonly start: number;
  /** Exclusive, in bytes. */
  readonly end: number;
}

/** Options of `download` and `planModel`. */
export interface DownloadOptions
  extends HubOptions, SelectionOptions, AncestorOptions, ReviewOptions {
  /** Plain files into this folder instead of the cache. */
  readonly localDir?: string | undefined;
  /** Fetches everything again, regardless of local files. */
  readonly force?: boolean | undefined;
  /** Connections at once, 1 to 64. Downloads of this process from the same host share them. Default 8. */
  readonly connections?: number | undefined;
  /**
   * Bytes a second, shared by all downloads of this process that name a number (the lowest one holds), or a limit made
   * by `createRateLimit`, which can be changed while they run. Default `MLX_DOWNLOAD_LIMIT_RATE`, then none.
   */
  readonly limitRate?: number | RateLimit | undefined;
  /**
   * When to fetch through Xet storage. Default `MLX_DOWNLOAD_XET`, then `off` with `HF_HUB_DISABLE_XET`, then `auto`.
   */
  readonly xet?: XetMode | undefined;
  /**
   * Called with bytes of a file above 1 MiB that have been written, before they are verified, those of earlier runs
   * first. They may be replaced where they prove wrong, which a `retry` event with `transfer/checksum-mismatch` says.
   */
  readonly onArrived?: ((bytes: ArrivedBytes) => void) | undefined;
  /**
   * A client that speaks to the Hub and fetches instead of the native engine, such as a `PythonBackend`. It does not
   * resume.
   */
  readonly backend?: DownloadBackend | undefined;
}
