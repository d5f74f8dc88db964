import { createHash } from "node:crypto";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { discard, replaceFile } from "../disk/durable-file.ts";
import { fsError } from "../disk/fs-error.ts";
import type { RepoLayout } from "../names/layout.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { isCommit } from "../names/revision.ts";

/** How the bytes of a view came about: shared blocks, a second name for the same bytes, or bytes of its own. */
export type ViewMethod = "clone" | "hard-link" | "copy";

/**
 * How programs lay out their models: `org/name`, LM Studio and Jan in a folder for each owner, `flat` side by side,
 * `org--name` side by side with the owner in the name, as exo wants it. Jan's has a `model.yml` as well.
 */
export type ViewLayout = (typeof VIEW_LAYOUTS)[number];
const VIEW_LAYOUTS = ["org/name", "lmstudio", "jan", "org--name", "flat"] as const;

/** A folder of plain files made from a snapshot for a program that wants its own layout. */
export interface View {
  /** Absolute. */
  readonly path: string;
  readonly commit: string;
  /** How its large files were made. */
  readonly method: ViewMethod;
  /** Whose layout it has. Absent where it was made in a folder of the caller's choice. */
  readonly layout?: ViewLayout | undefined;
  /** Unix time in ms. */
  readonly createdAt: number;
}

/** Notes a view in its repo, so that removal can say who else uses the bytes. */
export async function recordView(layout: RepoLayout, view: View): Promise<void> {
  const folder = viewsDir(layout);
  try {
    await ensureDirectory(layout.repoDir, folder);
    await ensureDirectory(layout.repoDir, layout.partialDir);
    await replaceFile(recordPath(layout, view.path), JSON.stringify(view), layout.partialDir);
  } catch (error) {
    throw fsError(error, folder);
  }
}

/** Forgets a view. */
export async function forgetView(layout: RepoLayout, path: string): Promise<void> {
  await discard(recordPath(layout, path));
}

/** The views of a repo whose folder is still there, by path. */
export async function listViews(layout: RepoLayout): Promise<readonly View[]> {
  const folder = viewsDir(layout);
  const names = await readdir(folder).catch(() => []);
  const views: View[] = [];
  for (const name of names) {
    const view = parse(await readSmallFile(join(folder, name), 65_536));
    const there = view && (await stat(view.path).catch(() => undefined));
    if (view && there?.isDirectory()) views.push(view);
  }
  return views.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** For a copied repo before it becomes visible: its views share no bytes with it. */
export async function disownViews({ recordsDir }: Pick<RepoLayout, "recordsDir">): Promise<void> {
  const folder = viewsDir({ recordsDir });
  for (const name of await readdir(folder).catch(() => [])) {
    const view = parse(await readSmallFile(join(folder, name), 65_536));
    if (view === undefined || view.method === "copy") continue;
    await writeFile(join(folder, name), JSON.stringify({ ...view, method: "copy" }));
  }
}

function viewsDir({ recordsDir }: Pick<RepoLayout, "recordsDir">): string {
  return join(recordsDir, "views");
}

function recordPath(layout: RepoLayout, path: string): string {
  return join(
    viewsDir(layout),
    `${createHash("sha256").update(path).digest("hex").slice(0, 40)}.json`,
  );
}

function parse(text: string | undefined): View | undefined {
  try {
    const value = JSON.parse(text ?? "") as Partial<Record<keyof View, unknown>> | null;
    const { path, commit, method, createdAt, layout: name } = value ?? {};
    if (typeof path !== "string" || typeof commit !== "string" || !isCommit(commit))
      return undefined;
    if (method !== "clone" && method !== "hard-link" && method !== "copy") return undefined;
    const layout = VIEW_LAYOUTS.find((one) => one === name);
    return {
      path,
      commit,
      method,
      ...(layout && { layout }),
      createdAt: typeof createdAt === "number" ? createdAt : 0,
    };
  } catch {
    return undefined;
  }
}
