import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** One entry of a package's `exports`: the source that the workspace runs, and what is published. */
export interface PackageEntry {
  readonly "@mlx-download/source"?: string;
  readonly require?: { readonly types: string; readonly default: string };
  readonly types?: string;
  readonly default?: string;
}

/** The part of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly keywords?: readonly string[];
  readonly author?: string;
  readonly homepage?: string;
  readonly repository?: { readonly type: string; readonly url: string; readonly directory: string };
  readonly bugs?: { readonly url: string };
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | PackageEntry>>;
  readonly engines?: { readonly node?: string };
  readonly publishConfig?: { readonly access?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace. */
export interface WorkspacePackage {
  /** The folder's name: `core`. */
  readonly folder: string;
  /** Absolute path. */
  readonly dir: string;
  readonly manifest: Manifest;
}

/** The scope of the libraries that are published from here. */
export const scope = "@mlx-download/";

/** The command: one package with all others inside (docs/decisions/one-package.md). */
export const command = { folder: "cli", name: "mlx-download" } as const;

/** The name under which the package in `packages/<folder>` is published. */
export function packageName(folder: string): string {
  return folder === command.folder ? command.name : `${scope}${folder}`;
}

/** The package.json in `dir`. */
export async function readManifest(dir: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(dir, "package.json"), "utf8")) as Manifest;
}

/** The packages below `packages/`, by name. */
export async function workspacePackages(root: string): Promise<readonly WorkspacePackage[]> {
  const folders = (await readdir(join(root, "packages"))).toSorted();
  return Promise.all(
    folders.map(async (folder) => {
      const dir = join(root, "packages", folder);
      return { folder, dir, manifest: await readManifest(dir) };
    }),
  );
}
