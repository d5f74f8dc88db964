import { formatDigest, type SnapshotFile } from "@mlx-download/cache";
import { ModelDownloadError } from "../errors.ts";
import type { TransferContext } from "./transfer-context.ts";

/** All bytes are there and they are not the file's: says so and lets the caller try again, or throws after the last try. */
export function checksumMismatch(
  file: SnapshotFile,
  actual: string,
  io: { readonly context: TransferContext; readonly attempt: number; readonly last: boolean },
): void {
  const expected = formatDigest(file.digest);
  const error = new ModelDownloadError(
    `${file.path} of ${io.context.repoId} arrived with other bytes than the Hub promised (${expected.slice(0, 19)}…)`,
    "transfer/checksum-mismatch",
    {
      hint: "Nothing was published. Try again later, or from another endpoint: a proxy or mirror on the way may keep bad bytes.",
      repoId: io.context.repoId,
      data: {
        path: file.path,
        expected,
        actual: `${file.digest.algorithm}:${actual}`,
        source: io.context.source.name,
        attempts: io.attempt,
      },
    },
  );
  if (io.last) throw error;
  io.context.emit({
    type: "retry",
    path: file.path,
    attempt: io.attempt,
    delayMs: 0,
    code: error.code,
    message: error.message,
  });
}
