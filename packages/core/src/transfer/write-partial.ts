import type { PlannedBlob } from "./plan.ts";
import type { PartialBlob } from "./disk/partial-blob.ts";
import type { FileProgress } from "./progress.ts";
import type { WriteBytes } from "./disk/segment-writer.ts";
import { unlessAborted } from "../http/unless-aborted.ts";
import type { TransferContext } from "./transfer-context.ts";

/** What hashing a partial from its first byte to its last told. */
export interface Proof {
  /** The digest that its bytes have, hex. */
  readonly actual: string;
  /** Here begins the first block that is not what it was when it arrived: the disk changed it, not the network. */
  readonly changedFrom: number | undefined;
  /** What the digests of its beginnings are, from 4 MiB to 4 MiB (a proof record, once the whole is proved). */
  readonly beginnings: readonly string[];
}

/** A partial that is written and hashed. */
export interface PartialWrite {
  /** Writes bytes of it; see `DiskBlob`. */
  readonly write: WriteBytes;
  /** To be called after every write. */
  onWritten(): void;
  /** Once all is written: waits for the rest; rejects with the signal's reason when aborted. */
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
    progress.received = partial.have.covered;
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
        // What comes after the last beginning has no record of its own: it is what is left.
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
