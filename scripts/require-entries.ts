// In a package's folder, after its build: writes dist/*.cjs and dist/*.d.cts, the entries of its modules for `require`.
// Node itself requires the modules, but TypeScript's node16 and node18 refuse them (TS1471, TS1479) without types of a
// CommonJS file. docs/decisions/toolchain.md says more.
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Declaration, readSurface } from "./checks/declarations.ts";
import { readManifest } from "./checks/packages.ts";

const dir = process.cwd();
for (const entry of Object.values((await readManifest(dir)).exports ?? {})) {
  if (typeof entry === "string" || entry.types === undefined || entry.require === undefined)
    continue;
  const { exported } = await readSurface(join(dir, entry.types));
  const module = `./${basename(entry.types, ".d.ts")}.js`;
  await writeFile(join(dir, entry.require.types), requireTypes(module, exported));
  await writeFile(
    join(dir, entry.require.default),
    `"use strict";\nmodule.exports = require("${module}");\n`,
  );
}

/** Every type of the module by its star, every value by its name: a star hands on no values of a module. */
function requireTypes(module: string, exported: readonly Declaration[]): string {
  const from = `from "${module}" with { "resolution-mode": "import" };`;
  const kinds = new Map(exported.map(({ name, kind }) => [name, kind]));
  const values = [...kinds].flatMap(([name, kind]) => {
    if (kind === "interface" || kind === "type") return [];
    const value = `export declare const ${name}: typeof library.${name};`;
    // The name of a class is that of its instances' type, too.
    return kind === "class" ? [value, `export type ${name} = library.${name};`] : [value];
  });
  return [`import type * as library ${from}`, `export type * ${from}`, ...values, ""].join("\n");
}
