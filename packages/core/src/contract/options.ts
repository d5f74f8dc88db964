import type { DownloadBackend } from "./backend.ts";
import type { Machine, MemoryOptions, MlxLmSupport } from "@mlx-download/fit";
import type { OnEvent } from "./events.ts";
import type { PresetName } from "./preset-name.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Where to look and how to speak to the Hub; shared by everything that takes a ref. */
export interface HubOptions {
  /** Branch, tag or commit; wins over `@rev` in the ref. Default `main`. */
  readonly revision?: string | undefined;
  /** The hub cache (`…/hub`). Default: the environment's, as Python finds it. */
  readonly cacheDir?: string | undefined;
  /** Hub token; `false` sends none. Default: `HF_TOKEN`, then the token file of the Python client. */
  readonly token?: string | false | undefined;
  /** Where `token` came from, in words for messages (`the macOS keychain`); default `the token option`. */
  readonly tokenSource?: string | undefined;
  /**
   * Base URL of the Hub or a mirror; may have a path. Of several, the first that answers says what a repo holds, and
   * the bytes come from all of them. Default `HF_ENDPOINT` (a comma list), then https://huggingface.co.
   */
  readonly endpoint?: string | readonly string[] | undefined;
  /** Make no request; use what the cache has. Default `HF_HUB_OFFLINE`. */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Replaces the HTTP client, for metadata and bytes alike. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Read instead of `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Which files of a repo are wanted; patterns are Python's fnmatch over the whole path (`*` crosses `/`). */
export interface SelectionOptions {
  readonly include?: string | readonly string[] | undefined;
  readonly exclude?: string | readonly string[] | undefined;
  readonly preset?: PresetName | undefined;
}

/** The names that `mlx-serving`'s downloader had for some options; ours win where both are given. */
export interface AncestorOptions {
  /** As `include`. */
  readonly allowPatterns?: readonly string[] | undefined;
  /** As `exclude`. */
  readonly ignorePatterns?: readonly string[] | undefined;
  /** As `force`. */
  readonly forceDownload?: boolean | undefined;
  /** Hears a line of text about every step; `onEvent` tells the same in figures. */
  readonly onProgress?: ((message: string) => void) | undefined;
}

/**
 * What a repo is trusted with. `any`: everything. `scanned`: nothing that the Hub's scanners call unsafe or suspicious,
 * no file that could run code without a scan result, no broken safetensors headers, no programs. `data`: nothing that
 * could run code at all (pickles, archives, scripts, code that the config names), either.
 */
export type TrustPolicy = "any" | "scanned" | "data";

/** What a review reckons with; default: this machine, 8192 tokens or the model's own context if that is shorter. */
export interface FitWish extends Partial<MemoryOptions> {
  readonly machine?: Machine | undefined;
  /** What the installed mlx-lm can load; default: the release that `@mlx-download/fit` knows. */
  readonly support?: MlxLmSupport | undefined;
}

/** Whether a model is looked at before it is fetched, and what is refused. */
export interface ReviewOptions {
  /** Say `reviewed` before the first byte: always, or only when 100 MB or more are to come. Default: never. */
  readonly review?: boolean | "large" | undefined;
  /** Refuse what does not fit or does not load, or of which nobody can tell. */
  readonly requireFit?: boolean | undefined;
  readonly fit?: FitWish | undefined;
  /** Default `any`. */
  readonly trust?: TrustPolicy | undefined;
}

/** Options of `download` and `planModel`. */
export interface DownloadOptions
  extends HubOptions, SelectionOptions, AncestorOptions, ReviewOptions {
  /** Plain files into this folder instead of the cache. */
  readonly localDir?: string | undefined;
  /** Fetch everything anew, whatever is here. */
  readonly force?: boolean | undefined;
  /** Connections at once, 1 to 64; downloads of this process from the same host share them. Default 8. */
  readonly connections?: number | undefined;
  /**
   * Bytes a second, shared by all downloads of this process that name a number (the lowest one holds); or a limit made
   * by `createRateLimit`, which can be changed while they run. Default `MLX_DOWNLOAD_LIMIT_RATE`, then none.
   */
  readonly limitRate?: number | RateLimit | undefined;
  /** Speaks to the Hub and fetches instead of the native engine, such as a `PythonBackend`; it resumes nothing. */
  readonly backend?: DownloadBackend | undefined;
}
