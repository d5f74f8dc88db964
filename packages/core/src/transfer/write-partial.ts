import type { PlannedBlob } from "./plan.ts";
import type { PartialBlob } from "./disk/partial-blob.ts";
import type { FileProgress } from "./progress.ts";
import type { WriteBytes } from "./disk/segment-writer.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import type { TransferContext } from "./transfer-context.ts";

/** The result of hashing a partial from its first byte to its last. */
export interface Proof {
  /** The digest that its bytes have, hex. */
  readonly actual: string;
  /** The start of the first block that differs from the bytes that arrived: the disk changed it, not the network. */
  readonly changedFrom: number | undefined;
  /** The digests of its prefixes, every 4 MiB (a proof record, once the whole is verified). */
  readonly beginnings: readonly string[];
}

/** A partial that is written and hashed. */
export interface PartialWrite {
  /** Writes bytes of it. See `DiskBlob`. */
  readonly write: WriteBytes;
  /** To be called after every write. */
  onWritten(): void;
  /** Once everything is written: waits for the rest. Rejects with the signal's reason when aborted. */
  finish(): Promise<Proof>;
  /** Lets go of the file. */
  cancel(): void;
}

/** Starts writing and hashing a partial, as far as it is there without a gap, and keeps the file's figures fresh. */
export function startPartialWrite(
  blob: PlannedBlob,
  partial: PartialBlob,
  { context, progress }: { readonly context: TransferContext; readonly progress: FileProgress },
): PartialWrite {
  const [file] = blob.files;
  let matched = 0;
  let changedFrom: number | undefined;
  /** Was every beginning known from before? */
  let allKnown = true;
  const beginnings: string[] = [];
  const data = context.disk.open(partial.dataPath, {
    digest: file.digest,
    size: blob.size,
    writable: true,
    onPrefix(end, hex) {
      beginnings.push(hex);
      if (changedFrom !== undefined) return;
      const same = partial.checkPrefix(end, hex);
      allKnown &&= same !== undefined;
      if (same === false) changedFrom = matched;
      else matched = end;
    },
  });
  const onWritten = (): void => {
    // Copies are counted apart.
    progress.received = partial.have.covered - progress.copied;
    progress.verified = data.hashed;
    data.advance(partial.have.frontier);
  };
  onWritten();
  return {
    write: data.write,
    onWritten,
    async finish() {
      context.emit({ type: "verifying", path: file.path, size: blob.size });
      const timer = setInterval(() => (progress.verified = data.hashed), 100);
      try {
        const actual = await unlessAborted(data.digest(), context.signal);
        // The bytes after the last prefix have no record of their own: they are the remainder.
        if (matched > 0 && allKnown && actual !== file.digest.hex) changedFrom ??= matched;
        return { actual, changedFrom, beginnings };
      } finally {
        clearInterval(timer);
        data.close();
      }
    },
    cancel: () => data.close(),
  };
}
