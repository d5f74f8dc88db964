import { closeSync, openSync, readSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

const MAX_HEAD = 1024;

/**
 * The interpreter that the first script `name` on the PATH runs with, by its first lines: `#!/path/python`, or the
 * `'''exec' "/path/python"` of pip and uv where that is too long or has spaces. Undefined where there is none.
 */
export function scriptPython(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env["PATH"] ?? "").split(delimiter)) {
    const head = isAbsolute(folder) ? readHead(join(folder, name)) : undefined;
    if (head === undefined) continue;
    const [first = "", second = ""] = head.split("\n");
    const python =
      /^#!\s*(\/\S*python[\w.]*)\s*$/.exec(first)?.[1] ??
      /^'''exec' (?:"(\/[^"]*python[\w.]*)"|(\/\S*python[\w.]*)) "\$0"/
        .exec(second)
        ?.slice(1)
        .find((path) => path !== undefined);
    if (python !== undefined) return python;
  }
  return undefined;
}

function readHead(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = Buffer.alloc(MAX_HEAD);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, MAX_HEAD, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
