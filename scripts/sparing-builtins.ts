import type { Plugin } from "rolldown";

/**
 * Takes Node's modules by `process.getBuiltinModule` instead of importing them. An import evaluates every part of a
 * module, those that it loads lazily as well: `node:fs` all streams, `node:crypto` Web Crypto, `node:util` workers.
 * Functions of `node:crypto` are taken at their first call: many commands hash nothing, and loading it costs 5 ms.
 */
export function sparingBuiltins(): Plugin {
  return {
    name: "sparing-builtins",
    renderChunk(code) {
      const get = (names: string, from: string): string =>
        `const ${names} = process.getBuiltinModule("node:${from.replace(/^node:/u, "")}");`;
      const imported =
        /^import (?:\{ (?<names>[^}]+) \}|(?<whole>\w+)) from "(?<from>node:[\w/]+|fs|path|util)";$/gmu;
      const spared = code.replace(imported, (...parts) => {
        const { names, whole, from } = parts.at(-1) as Record<string, string | undefined>;
        // Classes have capitals, and an arrow function cannot stand for one.
        if (from === "node:crypto" && names !== undefined && !/\b[A-Z]/u.test(names))
          return lazily(names, from);
        return get(
          names === undefined ? (whole ?? "") : `{ ${names.replaceAll(" as ", ": ")} }`,
          from ?? "",
        );
      });
      // No line moves.
      return { code: spared, map: null };
    },
  };
}

function lazily(names: string, from: string): string {
  return names
    .split(",")
    .map((name) => {
      const [own = "", local = own] = name.trim().split(" as ");
      return `const ${local} = (...all) => process.getBuiltinModule("${from}").${own}(...all);`;
    })
    .join(" ");
}
