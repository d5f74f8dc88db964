import { join, sep } from "node:path";
import type { Finding } from "../names/finding.ts";
import { isLitter } from "../names/litter.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { readSmallFileSync } from "../disk/read-small-file.ts";
import { isCommit } from "../names/revision.ts";

/** The refs of a repo, nested ones such as `refs/pr/1` by their full name. */
export function scanRefs(
  refsDir: string,
  commits: ReadonlySet<string>,
): { refs: Record<string, string>; findings: readonly Finding[] } {
  const { entries, findings } = listFolderSync(refsDir, { recursive: true });
  const refs: [string, string][] = [];
  for (const entry of entries) {
    if (entry.isDirectory() || isLitter(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if (/\.[0-9a-f]{8}\.tmp$/.test(entry.name)) {
      findings.push({ code: "leftover", path, message: "A temporary file of an interrupted run." });
      continue;
    }
    const text = readSmallFileSync(path, 4096);
    const commit = text?.trim() ?? "";
    if (!isCommit(commit)) {
      findings.push({ code: "bad-ref", path, message: "The ref holds no full commit hash." });
      continue;
    }
    refs.push([path.slice(refsDir.length + 1).replaceAll(sep, "/"), commit]);
    if (text !== commit) {
      const message =
        "The ref holds whitespace around the hash, so Python's client ignores the repo.";
      findings.push({ code: "bad-ref", path, message });
    }
    if (!commits.has(commit)) {
      const message = `The ref points at ${commit}, which has no snapshot here.`;
      findings.push({ code: "missing-commit", path, message });
    }
  }
  return { refs: Object.fromEntries(refs), findings };
}
