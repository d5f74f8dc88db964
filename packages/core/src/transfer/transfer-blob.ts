import { formatDigest } from "@mlx-download/cache";
import type { FileStatus, FileResult } from "../contract/result.ts";
import type { PlannedBlob } from "./plan.ts";
import { type Claim, claimBlob } from "./claim-blob.ts";
import { copyBlob } from "./copy-blob.ts";
import { SMALL_BLOB_BYTES } from "./small-blob-bytes.ts";
import { transferSmallBlob } from "./transfer-small-blob.ts";
import { transferLargeBlob } from "./transfer-large-blob.ts";
import type { BlobOutcome, TransferContext } from "./transfer-context.ts";

/** Brings one blob here, verifies it, and publishes every file that has its bytes. Resolves to those files' results. */
export async function transferBlob(
  blob: PlannedBlob,
  context: TransferContext,
): Promise<readonly FileResult[]> {
  const [file, ...twins] = blob.files;
  const outcome = await bringBlob(blob, context);
  const status: FileStatus =
    outcome.cached > 0
      ? "cached"
      : outcome.resumed > 0
        ? "resumed"
        : outcome.copied > 0
          ? "copied"
          : "fetched";
  const digest = formatDigest(file.digest);
  const results: FileResult[] = [{ path: file.path, size: file.size, digest, status }];
  context.progress.done(file.path, outcome);
  for (const twin of twins) {
    await context.target.publishTwin(twin, outcome.path);
    results.push({ path: twin.path, size: twin.size, digest, status: "copied" });
    context.progress.done(twin.path, { cached: 0, resumed: 0, copied: twin.size, fetched: 0 });
  }
  for (const result of results) context.emit({ type: "file-done", ...result });
  return results;
}

/** Fetches, resumes or copies the blob and publishes its first file. Resolves to the origin of its bytes. */
async function bringBlob(
  blob: PlannedBlob,
  context: TransferContext,
): Promise<BlobOutcome & { readonly path: string }> {
  const [file] = blob.files;
  const { progress, target } = context;
  const nothing: BlobOutcome = { cached: 0, resumed: 0, copied: 0, fetched: 0 };
  const start = (resumed: number) => {
    context.emit({ type: "file-started", path: file.path, size: blob.size, resumed });
    return progress.start({ path: file.path, size: blob.size, resumed });
  };

  if (blob.copyFrom !== undefined && !context.force) {
    const copy = await copyBlob(blob, blob.copyFrom, { context, progress: start(0) });
    if (copy !== undefined) {
      const path = await target.publish(file, copy.temp);
      await target.keepProof(file, copy.beginnings);
      return { ...nothing, copied: blob.size, path };
    }
    progress.drop(file.path);
  }
  if (blob.size <= SMALL_BLOB_BYTES) {
    const temp = await transferSmallBlob(blob, start(0), context);
    return { ...nothing, fetched: blob.size, path: await target.publish(file, temp) };
  }

  const claim: Claim = await claimBlob(
    {
      path: file.path,
      lockPath: target.lockPath(file),
      growing: () => target.growing(file),
      isPublished: () => (context.force ? Promise.resolve(false) : target.has(file)),
    },
    context,
  );
  if (claim.kind === "published") {
    return { ...nothing, cached: blob.size, path: await target.publish(file) };
  }
  try {
    const apart = claim.kind === "abandoned";
    const proved = await transferLargeBlob(blob, { context, progress: start, apart });
    const path = await target.publish(file, proved.dataPath);
    await proved.forget();
    await target.keepProof(file, proved.beginnings);
    const { resumed, copied, sidecar } = proved;
    if (sidecar !== undefined) await target.keepSidecar(file, sidecar);
    return { ...nothing, resumed, copied, fetched: blob.size - resumed - copied, path };
  } finally {
    if (claim.kind === "locked") await claim.lock.release();
  }
}
