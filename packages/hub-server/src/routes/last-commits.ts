import type { RepoSnapshot } from "../store/repo-store.ts";

/** The commit that last changed a path, as `lastCommit` tells it. */
export interface LastCommit {
  readonly id: string;
  readonly title: string;
  readonly date: string;
}

/**
 * A function from a path to the commit that last changed it. `history` is newest first, as {@link
 * StoredRepo.history} gives it. A folder changes with anything below it.
 */
export function lastCommits(history: readonly RepoSnapshot[]): (path: string) => LastCommit {
  const contents = history.map(contentByPath);
  return (path) => {
    let last = 0;
    while (last + 1 < history.length && contents[last + 1]?.get(path) === contents[0]?.get(path)) {
      last += 1;
    }
    const { commit: id, title, date } = history[last] ?? { commit: "", title: "", date: "" };
    return { id, title, date };
  };
}

/** The identity of the content at each file and folder of a snapshot. */
function contentByPath({ files }: RepoSnapshot): ReadonlyMap<string, string> {
  const contents = new Map<string, string>();
  for (const { path, oid } of files) {
    contents.set(path, oid);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      contents.set(folder, `${contents.get(folder) ?? ""}${path}\n${oid}\n`);
    }
  }
  return contents;
}
