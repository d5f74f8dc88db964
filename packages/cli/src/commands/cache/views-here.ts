import { basename, dirname } from "node:path";
import type { CachedRepo, View } from "@mlx-download/cache";
import { quoteWord } from "../../command-line/quote.ts";

/** A view with the repo it was made of, and what is gone from it. */
export interface ViewHere extends View {
  readonly repoId: string;
  /** Files that are no longer there, or of another length. */
  readonly missing: readonly string[];
}

/** Every view of these repos whose folder is there. */
export async function viewsHere(
  cacheDir: string,
  repos: readonly Pick<CachedRepo, "repoId" | "repoType">[],
): Promise<readonly ViewHere[]> {
  const { listViews, missingFromView, repoLayout } = await import("@mlx-download/cache");
  const views: ViewHere[] = [];
  for (const { repoId, repoType } of repos)
    for (const view of await listViews(repoLayout(cacheDir, repoId, repoType)))
      views.push({ repoId, ...view, missing: await missingFromView(view) });
  return views;
}

/** The command that makes a view again in its place. */
export function renewView({
  repoId,
  commit,
  path,
  layout: program,
}: Pick<ViewHere, "repoId" | "commit" | "path" | "layout">): string {
  const parent = dirname(path);
  const name = repoId.split("/").at(-1) ?? repoId;
  const [to, layout] =
    program === "jan"
      ? [repoId.includes("/") ? dirname(parent) : parent, " --layout jan"]
      : path.endsWith(`/${repoId}`) && repoId.includes("/")
        ? [dirname(parent), ""]
        : basename(path) === repoId.replace("/", "--") && repoId.includes("/")
          ? [parent, " --layout org--name"]
          : basename(path) === name
            ? [parent, " --layout flat"]
            : [parent, ""];
  return `mlx-download cache view ${repoId}@${commit.slice(0, 7)} --to ${quoteWord(to)}${layout}`;
}
