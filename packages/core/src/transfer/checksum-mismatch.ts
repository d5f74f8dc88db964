import { formatDigest, type SnapshotFile } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import type { TransferContext } from "./transfer-context.ts";

/** The facts about bytes that do not match the file's checksum. */
export interface MismatchEvidence {
  /** How often all was there and wrong. */
  readonly attempts: number;
  /** Where the last bytes are kept. */
  readonly kept?: string | undefined;
  /** Bytes that were asked for again, and where those differed from the first. */
  readonly askedAgain?: number | undefined;
  readonly different?: readonly { readonly start: number; readonly end: number }[] | undefined;
}

// Enough to see a pattern.
const MOST_DIFFERENCES = 32;

/** The error of a file whose bytes are all there and are not the file's. */
export function checksumMismatch(
  file: SnapshotFile,
  actual: string,
  io: { readonly context: TransferContext; readonly evidence: MismatchEvidence },
): ModelDownloadError {
  const expected = formatDigest(file.digest);
  const { attempts, kept, askedAgain, different } = io.evidence;
  const where =
    kept === undefined
      ? ""
      : ` The bytes received are kept in ${kept} until a later run repairs them.`;
  return new ModelDownloadError(
    `${file.path} of ${io.context.repoId} arrived with other bytes than the Hub promised (${expected.slice(0, 19)}…)`,
    "transfer/checksum-mismatch",
    {
      hint: `Nothing was published. Try again later, or from another endpoint: a proxy or mirror on the way may keep bad bytes.${where}`,
      repoId: io.context.repoId,
      data: {
        path: file.path,
        expected,
        actual: `${file.digest.algorithm}:${actual}`,
        source: io.context.source.name,
        attempts,
        ...(kept !== undefined && { kept }),
        ...(askedAgain !== undefined && { askedAgain }),
        ...(different !== undefined && {
          different: different.slice(0, MOST_DIFFERENCES).map(({ start, end }) => ({ start, end })),
        }),
      },
    },
  );
}

/** Tells that a file's bytes are asked for again. `message`: why, where the source is not the cause. */
export function tellMismatch(
  error: ModelDownloadError,
  file: SnapshotFile,
  {
    context,
    message,
  }: { readonly context: TransferContext; readonly message?: string | undefined },
): void {
  context.emit({
    type: "retry",
    path: file.path,
    attempt: Number(error.data["attempts"]),
    delayMs: 0,
    code: error.code,
    message: message ?? error.message,
  });
}
