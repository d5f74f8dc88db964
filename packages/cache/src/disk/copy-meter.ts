import { timedEmitter } from "../events/guard-listener.ts";

/**
 * Events of a copy between disks. Every event has its time in Unix ms. `repoId` is null for a whole
 * cache.
 */
export type CopyEvent = (
  | { readonly type: "copy-started"; readonly files: number; readonly bytes: number }
  | {
      readonly type: "copy-progress";
      readonly files: number;
      readonly filesDone: number;
      readonly bytes: number;
      readonly bytesDone: number;
    }
) & { readonly at: number; readonly repoId: string | null };

/** Options of everything that copies. */
export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Errors thrown by the listener are ignored. */
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
}

/** Counts copied bytes and reports them. */
export interface CopyMeter {
  /** Finished bytes. A byte that takes several steps counts in fractions. */
  readonly onBytes: (bytes: number) => void;
  readonly onFile: () => void;
  /** Tells how it ended. */
  readonly end: () => void;
}

const PROGRESS_MS = 100;

/** Tells that copying begins, then, at most ten times a second, how far it is. */
export function startCopyMeter(
  about: { readonly repoId: string | null; readonly files: number; readonly bytes: number },
  { onEvent }: CopyOptions,
): CopyMeter {
  const { repoId, files, bytes } = about;
  const emit = timedEmitter(onEvent);
  let [filesDone, bytesDone] = [0, 0];
  let told = performance.now();
  const tell = (): void => {
    told = performance.now();
    // A source that grows meanwhile is not more than whole.
    const done = Math.min(bytes, Math.floor(bytesDone));
    emit({ type: "copy-progress", repoId, files, filesDone, bytes, bytesDone: done });
  };
  emit({ type: "copy-started", repoId, files, bytes });
  return {
    onBytes(more) {
      bytesDone += more;
      if (performance.now() - told > PROGRESS_MS) tell();
    },
    onFile() {
      filesDone = Math.min(files, filesDone + 1);
    },
    end: tell,
  };
}
