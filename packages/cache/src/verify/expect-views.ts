import { join } from "node:path";
import { includedFiles } from "../export/manifest.ts";
import { readFolderManifest } from "../export/plain-folder.ts";
import type { RepoLayout } from "../names/layout.ts";
import { repoProofs } from "../records/proof-record.ts";
import { listViews } from "../records/view-record.ts";
import { missingFromView } from "../view/missing-from-view.ts";
import type { Expectation } from "./verify-files.ts";
import type { DamagedView } from "./verify-report.ts";

/**
 * The views of these commits, each with its missing files, and the expected content of the others. A hard link is the
 * cache's own file and is read once. The digests are those of the view's manifest.
 */
export async function expectViews(
  layout: RepoLayout,
  commits: readonly string[],
): Promise<{ expectations: readonly Expectation[]; views: readonly DamagedView[] }> {
  const { repoId, repoType } = layout;
  const proofs = repoProofs(layout);
  const expectations: Expectation[] = [];
  const views: DamagedView[] = [];
  for (const found of await listViews(layout)) {
    if (!commits.includes(found.commit)) continue;
    const missing = await missingFromView(found);
    const view: DamagedView = { ...found, repoId, repoType, missing, bad: [] };
    views.push(view);
    const manifest = await readFolderManifest(found.path).catch(() => undefined);
    if (manifest === undefined) continue;
    const gone = new Set(missing);
    for (const { path, size, digest } of includedFiles(manifest)) {
      if (gone.has(path)) continue;
      const file = { repoId, repoType, commit: found.commit, path };
      const blob = join(found.path, path);
      expectations.push({ file, blob, digest, size, proofs, view });
    }
  }
  return { expectations, views };
}
