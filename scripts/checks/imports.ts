import { glob, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { Check } from "./check.ts";
import {
  command,
  readManifest,
  scope,
  workspacePackages,
  type WorkspacePackage,
} from "./packages.ts";

/** What the source of a package may import. Tests may also import its devDependencies. */
interface Rule {
  /** Packages of this workspace, by folder. */
  readonly packages: readonly string[];
  /** Packages of this workspace whose types alone may be imported. */
  readonly types?: readonly string[];
  /** Small pure entries of those packages that are imported whole. */
  readonly entries?: readonly string[];
  /** Packages from elsewhere; absent: whatever its `dependencies` hold. */
  readonly external?: readonly string[];
  /** Runs in a browser too: nothing of Node may be imported. */
  readonly anywhere?: boolean;
}

const rules: Readonly<Record<string, Rule>> = {
  cache: { packages: [], external: [] },
  fit: { packages: [], external: [], anywhere: true },
  xet: { packages: [], external: [] },
  core: {
    packages: ["cache", "fit", "xet"],
    external: ["@huggingface/hub", "bonjour-service", "undici"],
  },
  "hub-server": { packages: ["cache", "xet"], external: ["hono"] },
  registry: { packages: ["fit"], types: ["cache", "core"], external: [] },
  catalogue: { packages: [], external: [] },
  "python-bridge": {
    packages: [],
    types: ["core", "fit"],
    entries: ["@mlx-download/core/secrets"],
    external: [],
  },
  project: { packages: ["core", "cache", "registry"], external: [] },
  "engine-adapter": { packages: ["core", "cache", "fit", "project"], external: [] },
  web: { packages: ["core", "cache", "fit", "registry"] },
  cli: {
    packages: [
      "cache",
      "catalogue",
      "core",
      "engine-adapter",
      "fit",
      "hub-server",
      "project",
      "python-bridge",
      "registry",
      "web",
      "xet",
    ],
  },
};

/** Imports go down only, through `exports`, and never by a path into another package. */
export const imports: Check = { name: "imports go down only", find: importProblems };

async function importProblems(root: string): Promise<readonly string[]> {
  const packages = await workspacePackages(root);
  const { devDependencies = {} } = await readManifest(root);
  const problems: string[] = [];
  for (const own of packages) {
    const rule = rules[own.folder];
    if (!rule) {
      problems.push(`packages/${own.folder}: not in the table of scripts/checks/imports.ts`);
      continue;
    }
    for await (const path of glob("{src,test}/**/*.ts", { cwd: own.dir })) {
      const file = join(own.dir, path);
      const test = path.startsWith(`test${sep}`) || path.endsWith(".test.ts");
      for (const found of importsOf(await readFile(file, "utf8"))) {
        const problem = judge(found, { own, rule, test, file, packages, tools: devDependencies });
        if (problem) problems.push(`${relative(root, file)}: "${found.specifier}": ${problem}`);
      }
    }
  }
  return problems;
}

/** One import of a file. */
export interface FoundImport {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Static imports and re-exports as the formatter lays them out (column 0), and dynamic imports anywhere. */
export function importsOf(text: string): readonly FoundImport[] {
  const found: FoundImport[] = [];
  const pattern =
    /^(?:import|export)(?<type> type)?\b[^;"'`]*?\bfrom "(?<from>[^"]+)"|^import "(?<bare>[^"]+)"|\bimport\(\s*"(?<dynamic>[^"]+)"/gmu;
  for (const { groups = {} } of text.matchAll(pattern)) {
    const specifier = groups["from"] ?? groups["bare"] ?? groups["dynamic"];
    if (specifier) found.push({ specifier, typeOnly: groups["type"] !== undefined });
  }
  return found;
}

interface Place {
  readonly own: WorkspacePackage;
  readonly rule: Rule;
  readonly test: boolean;
  readonly file: string;
  readonly packages: readonly WorkspacePackage[];
  /** What the workspace itself brings for every test. */
  readonly tools: Readonly<Record<string, string>>;
}

function judge({ specifier, typeOnly }: FoundImport, place: Place): string | undefined {
  const { own, rule, test, file } = place;
  if (specifier.startsWith("node:")) {
    return rule.anywhere && !test ? "this package runs without Node" : undefined;
  }
  if (specifier.startsWith(".")) {
    const target = resolve(file, "..", specifier);
    return target.startsWith(own.dir + sep) ? undefined : "a path out of the package";
  }
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const { dependencies = {}, devDependencies = {} } = own.manifest;
  if (test) {
    if (own.folder === "hub-server" && name === `${scope}core`) return "hub-server is below core";
    // The workspace's tools are for everybody's tests, its packages only for those that say so.
    const tool = name in place.tools && !name.startsWith(scope);
    const declared = name in dependencies || name in devDependencies || name === own.manifest.name;
    if (!tool && !declared) return "not a dependency of this package";
    return exportProblem(specifier, name, place);
  }
  const brought = own.folder === command.folder ? devDependencies : dependencies;
  if (!(name in brought)) return "not in this package's dependencies";
  if (!name.startsWith(scope)) {
    return rule.external && !rule.external.includes(name)
      ? `packages/${own.folder} may import ${rule.external.join(", ") || "nothing"} from elsewhere`
      : undefined;
  }
  const folder = name.slice(scope.length);
  if (rule.types?.includes(folder)) {
    if (!typeOnly && !rule.entries?.includes(specifier)) return "only its types may be imported";
  } else if (!rule.packages.includes(folder)) {
    return `packages/${own.folder} may not import it`;
  }
  return exportProblem(specifier, name, place);
}

function exportProblem(specifier: string, name: string, { packages }: Place): string | undefined {
  const target = packages.find(({ manifest }) => manifest.name === name);
  const subpath = `.${specifier.slice(name.length)}`;
  return !target || subpath in (target.manifest.exports ?? {})
    ? undefined
    : "not one of its exports";
}
