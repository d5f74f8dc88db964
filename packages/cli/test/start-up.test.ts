import { run as runProgram, type RunResult } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { sourceArgs, startStage } from "./stage.ts";

const repo = "org/model";

/** Has Node name every module that it loads on standard error. */
const naming = encodeURIComponent(
  `import { registerHooks } from "node:module";
   registerHooks({ load: (url, context, next) => (process.stderr.write(url + "\\n"), next(url, context)) });`,
);

test("path loads neither the parser of options nor what speaks to a Hub, and asks nobody", async () => {
  const { hub, env, run } = await startStage();
  await hub.addRepo(repo, { "config.json": "{}" });
  expect((await run([repo, "-q"])).code).toBe(0);
  hub.log.clear();
  env["NODE_OPTIONS"] = `--import=data:text/javascript,${naming}`;
  // From source, where every module has its name.
  const path = (...args: readonly string[]): Promise<RunResult> =>
    runProgram(process.execPath, [...sourceArgs, "path", repo, ...args], { env });
  const { code, stderr } = await path("--json");
  expect(code, stderr).toBe(0);
  expect(hub.log.entries).toEqual([]);
  expect(stderr).toContain("/core/src/download/find-cached.ts");
  expect(stderr).not.toMatch(
    /yargs|\/core\/src\/(?:hub|http(?!\/user-info)|transfer)\/|end-in-failure|\/help\.ts/,
  );
  // With a value there is something to parse.
  expect((await path("--revision", "main")).stderr).toContain("yargs");
});
