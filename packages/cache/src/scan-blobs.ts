import { stat } from "node:fs/promises";
import { join } from "node:path";
import { isTemp } from "./durable-file.ts";
import { isLitter, type Finding, type FindingCode } from "./finding.ts";
import { inBatches } from "./in-batches.ts";
import type { RepoLayout } from "./layout.ts";
import { listFolder } from "./list-folder.ts";

/** What is wrong or superfluous in a repo's `blobs` and `.partial`, given the blobs that its snapshots use. */
export async function scanBlobs(
  layout: RepoLayout,
  used: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const blobs = await listFolder(layout.blobsDir);
  const partial = await listFolder(layout.partialDir);
  const names = blobs.entries.map(({ name }) => name).filter((name) => !isLitter(name));
  const temps = partial.entries.map(({ name }) => name).filter(isTemp);
  const data = partial.entries.map(({ name }) => name).filter((name) => name.endsWith(".data"));
  const inBlobs = await inBatches(names, async (name) => await look(layout, name, used));
  const unfinished = await inBatches(data, async (name): Promise<Finding> => {
    const path = join(layout.partialDir, name);
    const bytes = (await stat(path).catch(() => undefined))?.size ?? 0;
    const message = `A download stopped here; its file of ${bytes} bytes is continued by the next run.`;
    return { code: "unfinished-download", path, message };
  });
  const leftovers = temps.map((name): Finding => {
    const message = "A temporary file of a run that is going on or was killed.";
    return { code: "leftover", path: join(layout.partialDir, name), message };
  });
  return [...blobs.findings, ...partial.findings, ...inBlobs.flat(), ...unfinished, ...leftovers];
}

async function look(
  layout: RepoLayout,
  name: string,
  used: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const path = join(layout.blobsDir, name);
  const finding = (code: FindingCode, message: string): Finding[] => [{ code, path, message }];
  const stats = await stat(path).catch(() => undefined);
  if (/\.incomplete$|^\..*\.shared$/.test(name)) {
    const bytes = stats?.size ?? 0;
    return finding("leftover", `A temporary file of ${bytes} bytes of an interrupted run.`);
  }
  if (stats === undefined) return finding("dangling-link", "The shared blob it leads to is gone.");
  if (!stats.isFile()) return finding("stray-file", "It is no regular file.");
  const odd = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name)
    ? []
    : finding("odd-blob-name", "The name is no digest, so the content cannot be verified.");
  const message = `No snapshot uses this blob of ${stats.size} bytes.`;
  return used.has(path) ? odd : [...odd, ...finding("unreferenced-blob", message)];
}
