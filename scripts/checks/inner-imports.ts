import { glob, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { Check } from "./check.ts";
import { folderOrder } from "./folder-order.ts";
import { importsOf } from "./imports.ts";
import { workspacePackages } from "./packages.ts";

/** The folders of each package's `src`, from the top down. */
export type FolderOrder = Readonly<Record<string, readonly string[]>>;

/** Inside a package, imports go down its folders and never in a circle; an import of types counts like any other. */
export const innerImports: Check = {
  name: "imports inside a package go down",
  find: (root) => innerImportProblems(root, folderOrder),
};

/** The problems below `root` under an order; tests are left out, since a test may import whatever it tries. */
export async function innerImportProblems(
  root: string,
  order: FolderOrder,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { folder, dir } of await workspacePackages(root)) {
    const source = join(dir, "src");
    const graph = await readGraph(source);
    const shown = (file: string): string => relative(source, file).replaceAll(sep, "/");
    const at = `packages/${folder}/src`;
    for (const circle of circlesOf(graph)) {
      const [first = ""] = circle;
      problems.push(`${at}: a circle: ${[...circle, first].map(shown).join(" → ")}`);
    }
    const folders = order[folder];
    if (folders !== undefined) {
      problems.push(...orderProblems(graph, folders, shown).map((problem) => `${at}/${problem}`));
    } else if ([...graph.keys()].some((file) => shown(file).includes("/"))) {
      problems.push(`${at}: no order of its folders in scripts/checks/folder-order.ts`);
    }
  }
  return problems;
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** Which files of a folder each of its files imports. */
async function readGraph(source: string): Promise<Graph> {
  const graph = new Map<string, readonly string[]>();
  for await (const path of glob("**/*.ts", { cwd: source })) {
    if (path.endsWith(".test.ts")) continue;
    const file = join(source, path);
    const targets = importsOf(await readFile(file, "utf8"))
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => resolve(file, "..", specifier));
    graph.set(file, [...new Set(targets)].toSorted());
  }
  return graph;
}

/** One shortest circle for each group of files that lead to each other. */
function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  const seen = new Set<string>();
  for (const file of [...graph.keys()].toSorted()) {
    if (seen.has(file)) continue;
    const circle = shortestCircle(graph, file);
    if (circle === undefined) continue;
    circles.push(circle);
    for (const one of circle) seen.add(one);
  }
  return circles;
}

/** The shortest way from a file back to itself, breadth first. */
function shortestCircle(graph: Graph, start: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const target of graph.get(file) ?? []) {
      if (target === start) {
        const way = [file];
        for (let at = file; at !== start; at = cameFrom.get(at) ?? start) {
          way.unshift(cameFrom.get(at) ?? start);
        }
        return way;
      }
      if (cameFrom.has(target) || !graph.has(target)) continue;
      cameFrom.set(target, file);
      queue.push(target);
    }
  }
  return undefined;
}

function orderProblems(
  graph: Graph,
  folders: readonly string[],
  shown: (file: string) => string,
): readonly string[] {
  const problems = new Set<string>();
  const places = new Map(folders.map((folder, index) => [folder, index]));
  /** How deep a file stands; undefined in a folder that has no place. */
  const depthOf = (file: string): number | undefined => {
    const [folder = "", inside] = shown(file).split("/");
    return places.get(folder) ?? (inside === undefined ? -1 : undefined);
  };
  for (const [file, targets] of graph) {
    const depth = depthOf(file);
    if (depth === undefined) {
      problems.add(`${shown(file).split("/")[0]}: has no place in scripts/checks/folder-order.ts`);
      continue;
    }
    for (const target of targets.filter((one) => graph.has(one))) {
      const below = depthOf(target);
      if (below === undefined || below >= depth) continue;
      problems.add(`${shown(file)}: imports ${shown(target)}, which stands above it`);
    }
  }
  return [...problems].toSorted();
}
