import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Check } from "./check.ts";
import { apiPageText } from "./api-page.ts";
import { readSurface, type Surface } from "./declarations.ts";
import { workspacePackages, type WorkspacePackage } from "./packages.ts";

/** The committed pages say what the built packages export, with the doc comments; `pnpm api:update` rewrites them. */
export const api: Check = { name: "API reference is as committed", find: apiProblems };

async function apiProblems(root: string): Promise<readonly string[]> {
  const pages = await apiPages(root);
  const problems = await Promise.all(
    [...pages].map(async ([path, text]) => {
      const committed = await readFile(join(root, path), "utf8").catch(() => "");
      return committed === text ? [] : [`${path} differs:\n${difference(committed, text)}`];
    }),
  );
  const found = problems.flat();
  return found.length > 0
    ? [...found, "If that is meant: pnpm api:update, and a changeset where the surface changed."]
    : [];
}

/** Writes the pages anew from the built packages. */
export async function updateApi(root: string): Promise<void> {
  for (const [path, text] of await apiPages(root)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Path (from the root) to text of the page of every package. */
async function apiPages(root: string): Promise<ReadonlyMap<string, string>> {
  const packages = await workspacePackages(root);
  const pages = await Promise.all(
    packages.map(
      async (own) => [`docs/reference/api/${own.folder}.md`, await apiPage(own)] as const,
    ),
  );
  return new Map([["docs/reference/api/README.md", apiIndexText(packages)], ...pages]);
}

/** The page that lists the packages. */
function apiIndexText(packages: readonly WorkspacePackage[]): string {
  const lines = packages.map(
    ({ folder, manifest }) =>
      `- [\`${manifest.name}\`](${folder}.md): ${manifest.description ?? ""}`,
  );
  return `# Public API\n\nWritten by \`pnpm api:update\`.\n\n${lines.join("\n")}\n`;
}

async function apiPage({ dir, manifest }: WorkspacePackage): Promise<string> {
  const entries: (readonly [string, Surface])[] = [];
  for (const [subpath, entry] of Object.entries(manifest.exports ?? {})) {
    if (typeof entry === "string" || entry.types === undefined) continue;
    const path = join(dir, entry.types);
    const built = await access(path).then(
      () => true,
      () => false,
    );
    if (!built) throw new Error(`${path} is not there: run pnpm build first`);
    entries.push([join(manifest.name, subpath), await readSurface(path)]);
  }
  return apiPageText(manifest, entries);
}

/** The lines that one of two texts has more often than the other, at most 60 of them. */
function difference(before: string, after: string): string {
  const lines = [
    ...surplus(before, after).map((line) => `- ${line}`),
    ...surplus(after, before).map((line) => `+ ${line}`),
  ];
  const most = 60;
  if (lines.length > most) lines.splice(most, lines.length, `… and ${lines.length - most} more`);
  return lines.join("\n");
}

/** The lines of `text` that `other` has not, or less often. */
function surplus(text: string, other: string): readonly string[] {
  const left = new Map<string, number>();
  for (const line of other.split("\n")) left.set(line, (left.get(line) ?? 0) + 1);
  return text.split("\n").filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
