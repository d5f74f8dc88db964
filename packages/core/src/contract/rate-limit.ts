/**
 * A limit in bytes a second that everything it is given to shares: connections, files, downloads. It can be changed at
 * any time, also while they run.
 */
export interface RateLimit {
  /** Bytes a second. Infinity is no limit. Throws `settings/invalid` when set to anything but a positive number. */
  bytesPerSecond: number;
  /** So many bytes should be read at once at most, that all get their turn. */
  readonly portion: number;
  /** Counts received bytes. A returned promise resolves when the next ones may be read. First come, first served. */
  spend(bytes: number): Promise<void> | undefined;
}
