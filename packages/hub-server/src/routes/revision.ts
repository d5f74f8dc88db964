import type { HubContext } from "../http/hub-env.ts";
import { entryNotFound, revisionNotFound } from "../http/refusal.ts";
import type { RepoFile, RepoRefTarget, RepoSnapshot, StoredRepo } from "../store/repo-store.ts";

const COMMIT = /^[0-9a-f]{40}$/;
/**
 * As git abbreviates. Recorded with 7 digits on `/resolve/` (2026-09-23) and `/revision/`
 * (2026-10-06).
 */
const SHORT_COMMIT = /^[0-9a-f]{7,39}$/;
const REF_KINDS = new Set(["pr", "convert", "heads", "tags"]);

/**
 * Splits the path after a verb into revision and file path. Unencoded `refs/pr/1` is accepted when
 * the Hub is set so.
 */
export function splitRevision(c: HubContext): { revision: string; path: string } {
  const rest = c.get("rest");
  const [first = "", kind = "", name = ""] = rest;
  const isRef = first === "refs" && REF_KINDS.has(kind) && name !== "";
  const taken = isRef && c.env.config.unencodedRefs ? 3 : 1;
  return { revision: rest.slice(0, taken).join("/"), path: rest.slice(taken).join("/") };
}

/**
 * The repo at a branch, tag, `refs/…`, commit, abbreviated commit, or `HEAD`. Refuses an unknown
 * one.
 */
export async function snapshotAt(repo: StoredRepo, revision: string): Promise<RepoSnapshot> {
  const name = revision === "HEAD" ? "main" : revision;
  const commit = COMMIT.test(name)
    ? name
    : await (repo.commitOf ? repo.commitOf(name) : commitOf(repo, name));
  const snapshot = await repo.snapshot(commit ?? name);
  if (!snapshot) throw revisionNotFound(revision);
  return snapshot;
}

/** The snapshot and the file that a `/<revision>/<path>` names. Refuses unknown ones. */
export async function fileAt(
  c: HubContext,
): Promise<{ snapshot: RepoSnapshot; file: RepoFile; revision: string }> {
  const { revision, path } = splitRevision(c);
  const snapshot = await snapshotAt(c.get("repo"), revision);
  const file = snapshot.files.find((candidate) => candidate.path === path);
  if (!file || file.absent === "nowhere") throw entryNotFound(snapshot.commit);
  return { snapshot, file, revision };
}

async function commitOf(repo: StoredRepo, name: string): Promise<string | undefined> {
  const refs = await repo.refs();
  for (const ref of [`refs/heads/${name}`, `refs/tags/${name}`, name]) {
    const found = refs.find((target) => target.ref === ref);
    if (found) return found.commit;
  }
  return SHORT_COMMIT.test(name) ? fullCommit(repo, { refs, start: name }) : undefined;
}

/** The one commit of the repo with this prefix. Undefined for none or several. */
async function fullCommit(
  repo: StoredRepo,
  { refs, start }: { refs: readonly RepoRefTarget[]; start: string },
): Promise<string | undefined> {
  const commits = new Set<string>();
  for (const ref of refs) {
    for (const { commit } of await repo.history(ref.commit)) commits.add(commit);
  }
  const [found, ...others] = [...commits].filter((commit) => commit.startsWith(start));
  return others.length === 0 ? found : undefined;
}
