import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";

/** A package of another author. */
export interface ForeignPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dir: string;
}

/** The packages in a `node_modules` that hold these modules, by name, each once. */
export async function foreignPackages(
  modules: readonly string[],
): Promise<readonly ForeignPackage[]> {
  const found = new Map<string, ForeignPackage>();
  const marker = `${sep}node_modules${sep}`;
  for (const path of modules) {
    const at = path.lastIndexOf(marker);
    if (at < 0) continue;
    const [scope = "", name = ""] = path.slice(at + marker.length).split(sep);
    const dir = join(
      path.slice(0, at + marker.length),
      scope.startsWith("@") ? join(scope, name) : scope,
    );
    const text = await readFile(join(dir, "package.json"), "utf8");
    const own = JSON.parse(text) as Omit<ForeignPackage, "dir">;
    found.set(`${own.name}@${own.version}`, { ...own, dir });
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The names, versions and licences of packages, with the text of each licence. */
export async function thirdPartyNotices(packages: readonly ForeignPackage[]): Promise<string> {
  const parts = ["mlx-download contains the following packages."];
  for (const { name, version, license, dir } of packages) {
    const file = (await readdir(dir)).find((one) => /^licen[cs]e(?:[.-]|$)/iu.test(one));
    if (file === undefined && !license) throw new Error(`${name} states no licence`);
    const text =
      file === undefined ? "" : `\n\n${(await readFile(join(dir, file), "utf8")).trim()}`;
    parts.push(`${name} ${version}\nLicence: ${license}${text}`);
  }
  return `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
