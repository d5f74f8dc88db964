/** An error, as the page shows it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** The next step, one sentence. */
  readonly hint: string;
}

/** How one download of the queue stands. `waiting` has its turn to come. `failed` waits for the user. */
export type DownloadState = "waiting" | "running" | "paused" | "done" | "failed";

/** One file that moves now. Bytes. */
export interface MovingFile {
  readonly path: string;
  readonly size: number;
  readonly received: number;
}

/** One download of the queue. Bytes are integers, times Unix ms. Null: not known yet. */
export interface QueuedDownload {
  readonly id: string;
  readonly repoId: string;
  readonly revision: string;
  readonly state: DownloadState;
  readonly addedAt: number;
  readonly finishedAt: number | null;
  readonly commit: string | null;
  /** Nothing of the repo was in the cache when it was added. */
  readonly fresh: boolean;
  readonly bytes: { readonly total: number; readonly here: number; readonly wire: number } | null;
  readonly files: { readonly total: number; readonly done: number } | null;
  readonly bytesPerSecond: number;
  readonly etaMs: number | null;
  readonly active: readonly MovingFile[];
  /** Bytes a second, one sample a second, the last two minutes. */
  readonly speeds: readonly number[];
  /** The reason why it waits or tries again, by its event's name. */
  readonly note: { readonly kind: string; readonly message: string; readonly at: number } | null;
  readonly error: Failure | null;
}

/** How fast the queue may go. Bytes a second. Null: no limit. */
export interface QueueLimits {
  /** Downloads at once, 1 to 8. */
  readonly atOnce: number;
  readonly bytesPerSecond: number | null;
  /** The slow mode is switched on by hand. */
  readonly slow: boolean;
  readonly slowBytesPerSecond: number;
  /** Minutes of the local day between which the slow mode is on by itself. Null: never. */
  readonly slowHours: { readonly from: number; readonly to: number } | null;
}

/** {@link QueueLimits}, and their effect at this moment. */
export interface LimitsNow extends QueueLimits {
  readonly slowNow: boolean;
  readonly bytesPerSecondNow: number | null;
}

/** A verification that runs or has ended. */
export interface VerifyTask {
  readonly repoId: string;
  readonly state: "running" | "done" | "failed";
  readonly bytes: number;
  readonly bytesDone: number;
  readonly checked: number;
  readonly bad: readonly { readonly path: string; readonly message: string }[];
  readonly missing: number;
  readonly error: Failure | null;
}

/** A removal that can still be taken back. */
export interface PendingRemoval {
  readonly id: string;
  readonly title: string;
  readonly repoIds: readonly string[];
  readonly bytes: number;
  /** When it will be done, Unix ms. */
  readonly dueAt: number;
  readonly state: "pending" | "failed";
  readonly error: Failure | null;
}

/** The server as a whole. */
export interface ServerFacts {
  readonly version: string;
  readonly startedAt: number;
  readonly cacheDir: string;
  readonly endpoint: string;
  readonly offline: boolean;
  /** Grows whenever the cache may have changed: what shows it asks again. */
  readonly library: number;
}

/** Every value that the server keeps the page informed about, by the key it is sent under. */
export interface FeedValues {
  readonly server: ServerFacts;
  readonly limits: LimitsNow;
  /** Ids of the queue, first to last. */
  readonly order: readonly string[];
  readonly [download: `download/${string}`]: QueuedDownload;
  readonly [verify: `verify/${string}`]: VerifyTask;
  readonly [removal: `removal/${string}`]: PendingRemoval;
}

/** A machine as the page shows it. Bytes. */
export interface MachineFacts {
  readonly chip: string | null;
  readonly memoryBytes: number;
  readonly limitBytes: number;
  readonly isTarget: boolean;
  readonly simulated: boolean;
}

/** One row of a search. */
export interface FoundModel {
  readonly repoId: string;
  readonly downloads: number;
  readonly likes: number;
  readonly modifiedAt: number | null;
  readonly quantization: string | null;
  readonly parameters: number | null;
  readonly weightsBytes: number | null;
  readonly license: string | null;
  readonly task: string | null;
  /** Equal for variants of one model. */
  readonly base: string | null;
  readonly gated: boolean;
  readonly here: boolean;
  readonly fits: FitWord;
}

/** A verdict on memory in one word. */
export type FitWord = "yes" | "tight" | "no" | "unknown";

/** The answer to a search. */
export interface SearchPage {
  readonly models: readonly FoundModel[];
  readonly total: number;
  readonly more: boolean;
  readonly corrected: Readonly<Record<string, string>> | null;
  readonly source: {
    readonly kind: "catalogue" | "hub";
    readonly at: number;
    readonly seed: boolean;
  };
  readonly machine: MachineFacts;
}

/** The memory that a model needs at one context length, in bytes. Null: the description does not say enough. */
export interface FitPoint {
  readonly contextLength: number;
  readonly weightsBytes: number | null;
  readonly kvPeakBytes: number | null;
  readonly activationBytes: number | null;
  readonly overheadBytes: number;
  readonly totalBytes: number | null;
  readonly verdict: FitWord;
}

/** Everything about one model at one revision. */
export interface ModelPage {
  readonly repoId: string;
  readonly revision: string;
  readonly commit: string;
  readonly here: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly action: "keep" | "resume" | "copy" | "fetch";
  }[];
  readonly leftOut: { readonly files: number; readonly bytes: number };
  readonly bytes: {
    readonly total: number;
    readonly toFetch: number;
    readonly diskFree: number | null;
  };
  /** Null where no config describes it. */
  readonly about: {
    readonly modelType: string | null;
    readonly parameters: number | null;
    readonly activeParameters: number | null;
    readonly contextLength: number | null;
    readonly quantization: string | null;
    readonly bitsPerWeight: number | null;
    readonly weightsBytes: number | null;
    readonly license: string | null;
    readonly baseModels: readonly string[];
  } | null;
  readonly machine: MachineFacts;
  readonly fit: readonly FitPoint[];
  readonly maxContextLength: number | null;
  readonly speed: { readonly low: number; readonly high: number } | null;
  readonly loads: {
    readonly verdict: "yes" | "no" | "unknown";
    readonly reasons: readonly { readonly message: string; readonly blocks: boolean }[];
    readonly by: string;
  } | null;
  readonly security: {
    readonly verdict: "safe" | "caution" | "danger";
    readonly findings: readonly { readonly path: string; readonly message: string }[];
  } | null;
  /** Why there is no description, where there is none. */
  readonly problem: Failure | null;
}

/** A model card: its Markdown, never its HTML. */
export interface CardPage {
  readonly repoId: string;
  readonly commit: string;
  readonly license: string | null;
  readonly text: string;
  readonly cut: boolean;
}

/** One repo of the cache. Bytes, Unix ms. */
export interface LibraryRepo {
  readonly repoId: string;
  readonly repoType: string;
  readonly sizeOnDisk: number;
  readonly unusedOnDisk: number;
  readonly files: number;
  readonly lastUsedAt: number | null;
  readonly modifiedAt: number | null;
  readonly pinned: boolean;
  /** Folders made from it for other programs. Absolute paths. */
  readonly views: readonly string[];
  readonly revisions: readonly {
    readonly commit: string;
    readonly refs: readonly string[];
    readonly sizeOnDisk: number;
    readonly complete: boolean | null;
  }[];
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

/** The cache. */
export interface LibraryPage {
  readonly cacheDir: string;
  readonly sizeOnDisk: number;
  readonly diskFree: number | null;
  readonly repos: readonly LibraryRepo[];
}

/** The effect of an eviction or a removal. */
export interface RemovalPreview {
  readonly freedBytes: number;
  /** By how much the cache would stay above the wished size. */
  readonly excessBytes: number;
  readonly repos: readonly {
    readonly repoId: string;
    readonly freedBytes: number;
    readonly usedAt: number | null;
  }[];
  readonly kept: readonly { readonly repoId: string; readonly reason: string }[];
}

/** How a branch in the cache stands to the Hub's. */
export interface UpdateCheck {
  readonly repoId: string;
  readonly revision: string;
  /** Commits. */
  readonly here: string;
  readonly upstream: string;
  readonly outdated: boolean;
  /** The subjects of the changes, the weightiest first. Null: the local listing is gone. */
  readonly changes: readonly string[] | null;
  /** Nothing that a loader reads differs. */
  readonly cardOnly: boolean;
  /** The user went back from the Hub's version. */
  readonly turnedAway: boolean;
  /** The local commit is pinned: it stays. */
  readonly pinned: boolean;
  readonly bytesToFetch: number;
}

/** One version of a model. Texts are the author's. */
export interface VersionRow {
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string | null;
  readonly title: string | null;
  readonly here: "complete" | "incomplete" | null;
  readonly refs: readonly string[];
  /** Unix ms. */
  readonly arrivedAt: number | null;
}

/** The versions of a model, newest first. */
export interface VersionsPage {
  readonly repoId: string;
  /** The branch, and its commit in the cache. */
  readonly revision: string;
  readonly current: string | null;
  readonly versions: readonly VersionRow[];
  readonly more: boolean;
  /** Why the Hub's versions are not among them. */
  readonly withoutHub: Failure | null;
}

/** How two versions differ. Sizes in bytes, null on the side that lacks the file. */
export interface DifferencePage {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly status: "added" | "removed" | "changed";
    readonly from: number | null;
    readonly to: number | null;
  }[];
  /** Keys of the config with their values as JSON, cut to a line. */
  readonly config: readonly {
    readonly key: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
}

/** A setting with where it comes from. */
export interface SettingRow {
  readonly name: string;
  readonly value: string | null;
  readonly origin: string;
  readonly from: string | null;
}

/** One look of the doctor. */
export interface DoctorRow {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail" | "skip";
  readonly detail: string;
  readonly hint?: string | undefined;
}
