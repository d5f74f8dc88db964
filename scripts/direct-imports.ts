import { readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Plugin } from "rolldown";

const SOURCE = "@mlx-download/source";
const IMPORT =
  /^import \{(?<names>[^}]*)\} from "@mlx-download\/(?<entry>[\w-]+(?:\/[\w-]+)?)";$/gmu;
const REEXPORT = /^export (?<type>type )?\{(?<names>[^}]*)\} from "(?<from>\.[^"]+)";$/gmu;

/**
 * Leads `import { a } from "@mlx-download/cache"` to the module that has `a`, past the package's index. A chunk takes
 * along all that its modules import: by the index that is the whole package, and `path` evaluated threads, zlib and crypto
 * for nothing, 20 ms.
 */
export function directImports(root: string): Plugin {
  const known = new Map<string, ReadonlyMap<string, string>>();
  const homesIn = (entry: string): ReadonlyMap<string, string> => {
    const homes = known.get(entry) ?? readHomes(root, entry);
    known.set(entry, homes);
    return homes;
  };
  return {
    name: "direct-imports",
    transform(code, id) {
      if (!id.startsWith(join(root, "packages") + sep)) return undefined;
      const led = code.replaceAll(IMPORT, (match, ...rest) => {
        const { names = "", entry = "" } = rest.at(-1) as Record<string, string | undefined>;
        const homes = homesIn(entry);
        const values = listOf(names).filter((name) => !name.startsWith("type "));
        const direct = values.map((name) => {
          const home = homes.get(name.split(" as ")[0] ?? "");
          return home === undefined
            ? undefined
            : `import { ${name} } from ${JSON.stringify(home)};`;
        });
        // No line moves, so that places in the source stay right.
        return direct.includes(undefined)
          ? match
          : direct.join(" ") + "\n".repeat(match.split("\n").length - 1);
      });
      return { code: led, map: null };
    },
  };
}

function listOf(names: string): readonly string[] {
  return names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** The names that an entry of a package hands on, with the module of each. Others are not in it. */
function readHomes(root: string, entry: string): ReadonlyMap<string, string> {
  const [folder = "", subpath] = entry.split("/");
  const dir = join(root, "packages", folder);
  const { exports } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  };
  const source = exports[subpath === undefined ? "." : `./${subpath}`]?.[SOURCE];
  if (source === undefined) return new Map();
  const file = join(dir, source);
  const homes = new Map<string, string>();
  for (const { groups = {} } of readFileSync(file, "utf8").matchAll(REEXPORT)) {
    if (groups["type"] !== undefined) continue;
    for (const name of listOf(groups["names"] ?? "")) {
      if (/^type | as /u.test(name)) continue;
      homes.set(name, resolve(dirname(file), groups["from"] ?? ""));
    }
  }
  return homes;
}
