import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commandHint } from "../packages/cli/src/failure/command-hint.ts";
import { flagSpecs } from "../packages/cli/src/command-line/flags.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const libraries =
  "{cache,catalogue,core,engine-adapter,fit,hub-server,project,python-bridge,registry,web,xet}";
const names = Object.values(flagSpecs).map(({ name }) => name);
const flag = new RegExp(`(?<![\\w-])--(?:${names.join("|")})(?![\\w-])`, "u");
/** Programs of others, which have options of these names too. `--trust-remote-code` is mlx-lm's own. */
const forOthers =
  /"--port|--port=|"--host=|--help in a terminal|pip install --upgrade|--trust-remote-code/u;

/** An option as a hint names it, `cacheDir` or `hub: true`, in a string or an escaped template. */
const named = /\\?`(?<option>[a-z][A-Za-z]+)(?:: (?:"[^"]*"|true|\$\{[^}]*\}|"\$\{[^"]*"))?\\?`/gu;

test("every option that a hint names is one of the command line", async () => {
  const unknown: string[] = [];
  let seen = 0;
  for await (const path of glob(`packages/${libraries}/src/**/*.ts`, { cwd: root })) {
    if (path.endsWith(".test.ts")) continue;
    for (const line of (await readFile(join(root, path), "utf8")).split("\n")) {
      if (/^\s*(?:\/\/|\/?\*)/u.test(line) || !/hint|"[^"]*`[^"]*"|\\`/u.test(line)) continue;
      for (const { 0: text, groups } of line.matchAll(named)) {
        if (!/the option|[a-z] \\?`|\(\\?`|'\\?`/u.test(line)) continue;
        seen += 1;
        const option = commandHint(text.replaceAll("\\", "").replace(/: \$\{.*\}/u, ': "x"'));
        const known = names.some((name) => option.startsWith(`--${name}`));
        if (!known) unknown.push(`${path}: ${groups?.["option"]} in ${line.trim()}`);
      }
    }
  }
  expect(unknown).toEqual([]);
  expect(seen).toBeGreaterThan(20);
});

test("what a library says names its own options, and none of the command line", async () => {
  const told: string[] = [];
  let seen = 0;
  for await (const path of glob(`packages/${libraries}/src/**/*.ts`, { cwd: root })) {
    if (path.endsWith(".test.ts")) continue;
    seen += 1;
    const source = await readFile(join(root, path), "utf8");
    for (const [at, line] of source.split("\n").entries())
      if (flag.test(line) && !/^\s*(?:\/\/|\/?\*)/u.test(line) && !forOthers.test(line))
        told.push(`${path}:${at + 1}: ${line.trim()}`);
  }
  expect(told).toEqual([]);
  expect(seen).toBeGreaterThan(300);
});
