import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Check } from "./check.ts";
import { readSurface } from "./declarations.ts";
import { workspacePackages, type WorkspacePackage } from "./packages.ts";

/** The public surface, as the build emitted it, is what the committed pages say; `pnpm api:update` rewrites them. */
export const api: Check = { name: "public surface is as committed", find: apiProblems };

async function apiProblems(root: string): Promise<readonly string[]> {
  const pages = await apiPages(root);
  const problems = await Promise.all(
    [...pages].map(async ([path, text]) => {
      const committed = await readFile(join(root, path), "utf8").catch(() => "");
      return committed === text ? [] : [`${path} differs:\n${difference(committed, text)}`];
    }),
  );
  const found = problems.flat();
  return found.length > 0 ? [...found, "If that is meant: pnpm api:update, and a changeset."] : [];
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
  return new Map(pages);
}

async function apiPage({ dir, manifest }: WorkspacePackage): Promise<string> {
  const parts = [
    `# ${manifest.name}: public surface`,
    "Written by `pnpm api:update` from the emitted declarations; the doc comments are in the source.",
  ];
  for (const [subpath, entry] of Object.entries(manifest.exports ?? {})) {
    if (typeof entry === "string" || entry.types === undefined) continue;
    const path = join(dir, entry.types);
    const built = await access(path).then(
      () => true,
      () => false,
    );
    if (!built) throw new Error(`${path} is not there: run pnpm build first`);
    const { exported, mentioned } = await readSurface(path);
    parts.push(`## \`${join(manifest.name, subpath)}\``, block(exported));
    if (mentioned.length > 0) parts.push("Mentioned, not exported:", block(mentioned));
  }
  return `${parts.join("\n\n")}\n`;
}

function block(declarations: readonly { readonly text: string }[]): string {
  const text = declarations.map((declaration) => declaration.text).join("\n\n");
  return text === "" ? "Nothing." : `\`\`\`ts\n${text}\n\`\`\``;
}

/** The lines that only one of two texts has, as many as one wants to read. */
function difference(before: string, after: string): string {
  const old = new Set(before.split("\n"));
  const now = new Set(after.split("\n"));
  const lines = [
    ...[...old.difference(now)].map((line) => `- ${line}`),
    ...[...now.difference(old)].map((line) => `+ ${line}`),
  ];
  const most = 60;
  if (lines.length > most) lines.splice(most, lines.length, `… and ${lines.length - most} more`);
  return lines.join("\n");
}
