import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, projectAddress } from "../release/address.ts";
import type { Check } from "./check.ts";
import {
  command,
  packageName,
  scope,
  workspacePackages,
  type WorkspacePackage,
} from "./packages.ts";

const author = "The mlx-download authors";

/** What a package publishes: a library its source too, for its source maps; the command its bundle alone. */
const files = {
  library: ["dist", "src", "!src/**/*.test.ts", "!dist/.tsbuildinfo"],
  command: ["dist", "man", "schema", "!dist/.tsbuildinfo", "!dist/declarations"],
} as const;

/** Every published package.json says the same things the same way, and what it promises is there. */
export const manifests: Check = {
  name: "package.json files agree",
  find: async (root) => {
    const address = await projectAddress(root);
    const packages = await workspacePackages(root);
    const problems = await Promise.all(packages.map((own) => packageProblems(own, address)));
    return problems.flat();
  },
};

async function packageProblems(
  own: WorkspacePackage,
  address: Address,
): Promise<readonly string[]> {
  const { folder, manifest } = own;
  const problems = [
    ...expectEqual("name", manifest.name, packageName(folder)),
    ...expectEqual("author", manifest.author, author),
    ...expectEqual("homepage", manifest.homepage, address.homepage),
    ...expectEqual("bugs.url", manifest.bugs?.url, address.issues),
    ...expectEqual("repository.type", manifest.repository?.type, "git"),
    ...expectEqual("repository.url", manifest.repository?.url, address.git),
    ...expectEqual("repository.directory", manifest.repository?.directory, `packages/${folder}`),
    ...((manifest.keywords?.length ?? 0) < 4 ? ["keywords are missing"] : []),
    ...expectEqual("license", manifest.license, "Apache-2.0"),
    ...expectEqual("type", manifest.type, "module"),
    ...expectEqual("engines.node", manifest.engines?.node, ">=22.19"),
    ...expectEqual("publishConfig.access", manifest.publishConfig?.access, "public"),
    ...(await scriptProblems(own)),
    ...(manifest.description ? [] : ["description is missing"]),
    ...files[folder === command.folder ? "command" : "library"]
      .filter((entry) => !manifest.files?.includes(entry))
      .map((entry) => `files lacks ${JSON.stringify(entry)}`),
    ...dependencyProblems(own),
    ...(await entryProblems(own)),
    ...(await referenceProblems(own)),
    ...(await pythonProblems(own, address)),
  ];
  for (const name of ["README.md", "LICENSE"]) {
    if (!(await there(join(own.dir, name)))) problems.push(`${name} is missing`);
  }
  return problems.map((problem) => `packages/${folder}: ${problem}`);
}

/** Where there is a bundle.ts it comes after the compiler (docs/decisions/bundle.md). */
async function scriptProblems({
  dir,
  manifest: { scripts },
}: WorkspacePackage): Promise<readonly string[]> {
  const bundled = await there(join(dir, "bundle.ts"));
  const made = bundled ? "tsc -b && node bundle.ts" : "tsc -b";
  const build = `${made} && node ../../scripts/require-entries.ts`;
  return [
    ...expectEqual("scripts.build", scripts?.["build"], build),
    ...expectEqual("scripts.prepack", scripts?.["prepack"], `rm -rf dist && ${build}`),
  ];
}

function expectEqual(what: string, actual: unknown, expected: string): readonly string[] {
  return actual === expected ? [] : [`${what} is ${JSON.stringify(actual)}, not "${expected}"`];
}

function dependencyProblems({ folder, manifest }: WorkspacePackage): readonly string[] {
  if (folder === command.folder && Object.keys(manifest.dependencies ?? {}).length > 0) {
    return ["dependencies of the command are devDependencies: its bundle has them inside"];
  }
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  return Object.entries(all).flatMap(([name, range]) => {
    const wanted = name.startsWith(scope) ? /^workspace:[\^*]$/u : /^catalog:$/u;
    return wanted.test(range) ? [] : [`${name} is "${range}", not "workspace:^" or "catalog:"`];
  });
}

/** `exports` in the three forms of one source file, condition first; `bin` with a source behind it. */
async function entryProblems({ dir, manifest }: WorkspacePackage): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [subpath, entry] of Object.entries(manifest.exports ?? {})) {
    // A data file is exported as it is.
    const isData = entry === subpath && subpath.endsWith(".json");
    if (isData && (await there(join(dir, subpath)))) continue;
    const source = typeof entry === "string" ? undefined : entry["@mlx-download/source"];
    const stem = source && /^\.\/src\/(?<stem>.+)\.ts$/u.exec(source)?.groups?.["stem"];
    const wanted = {
      "@mlx-download/source": `./src/${stem}.ts`,
      require: { types: `./dist/${stem}.d.cts`, default: `./dist/${stem}.cjs` },
      types: `./dist/${stem}.d.ts`,
      default: `./dist/${stem}.js`,
    };
    if (JSON.stringify(entry) !== JSON.stringify(wanted)) {
      problems.push(`exports["${subpath}"] is not {source, require, types, default} of one file`);
    } else if (!(await there(join(dir, wanted["@mlx-download/source"])))) {
      problems.push(`exports["${subpath}"]: ${source} is not there`);
    }
  }
  if (manifest.exports?.["./package.json"] !== "./package.json") {
    problems.push(`exports["./package.json"] is missing`);
  }
  for (const [name, path] of Object.entries(manifest.bin ?? {})) {
    const source = path.replace(/^(?:\.\/)?dist\/(?<stem>.+)\.js$/u, "src/$<stem>.ts");
    if (!(await there(join(dir, source)))) problems.push(`bin.${name}: ${source} is not there`);
  }
  return problems;
}

/** The build order is written twice, in tsconfig.json and in `dependencies`; both must say the same. */
async function referenceProblems({
  folder,
  dir,
  manifest,
}: WorkspacePackage): Promise<readonly string[]> {
  // Its bundle is made from source. Its references are checked by the compiler, which finds no types without them.
  if (folder === command.folder) return [];
  const config = JSON.parse(await readFile(join(dir, "tsconfig.json"), "utf8")) as {
    readonly references?: readonly { readonly path: string }[];
  };
  const references = (config.references ?? []).map(({ path }) => path).toSorted();
  const dependencies = Object.keys(manifest.dependencies ?? {})
    .filter((name) => name.startsWith(scope))
    .map((name) => `../${name.slice(scope.length)}`)
    .toSorted();
  return references.join() === dependencies.join()
    ? []
    : [`tsconfig.json references ${references.join()}, dependencies say ${dependencies.join()}`];
}

/** A Python module beside the package names the same repository. */
async function pythonProblems({ dir }: WorkspacePackage, { page }: Address) {
  const project = await readFile(join(dir, "python/pyproject.toml"), "utf8").catch(() => undefined);
  return project === undefined || project.includes(`Repository = "${page}"\n`)
    ? []
    : [`python/pyproject.toml does not name ${page}`];
}

async function there(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
