import type { Plugin } from "rolldown";

/**
 * Takes Node's modules by `process.getBuiltinModule` instead of importing them. An import evaluates every part of a
 * module, those that it loads lazily as well: `node:fs` all streams, `node:crypto` Web Crypto, `node:util` workers.
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
