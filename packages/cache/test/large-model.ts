import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repoLayout, snapshotPath, type RepoLayout, type SnapshotFile } from "@mlx-download/cache";
import { prepareRepo, writeTreeRecord } from "@mlx-download/cache/writing";

/** A commit for models made by `writeModel`. */
export const LARGE_COMMIT = "5555555555555555555555555555555555555555";

/** Content that differs from 4 MiB to 4 MiB. */
export function contentOf(size: number, seed = 1): Buffer {
  const content = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4096) content.writeUInt32LE((at + seed) >>> 0, at);
  return content;
}

/** A snapshot with these files, as any client leaves it. */
export async function writeModel(
  cacheDir: string,
  files: Readonly<Record<string, Buffer>>,
  options: { repoId?: string; commit?: string; listing?: boolean } = {},
): Promise<{ layout: RepoLayout; listing: readonly SnapshotFile[] }> {
  const { repoId = "acme/large", commit = LARGE_COMMIT } = options;
  const layout = repoLayout(cacheDir, repoId);
  await prepareRepo(layout);
  const listing: SnapshotFile[] = [];
  for (const [path, content] of Object.entries(files)) {
    const hex = createHash("sha256").update(content).digest("hex");
    await writeFile(join(layout.blobsDir, hex), content);
    const entry = snapshotPath(layout, commit, path);
    await mkdir(dirname(entry), { recursive: true });
    await symlink(`${"../".repeat(path.split("/").length + 1)}blobs/${hex}`, entry);
    const blobId = createHash("sha1").update(path).digest("hex");
    listing.push({ path, size: content.length, digest: { algorithm: "sha256", hex }, blobId });
  }
  if (options.listing !== false) await writeTreeRecord(layout, commit, listing);
  return { layout, listing };
}
