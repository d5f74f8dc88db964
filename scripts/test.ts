// npm test: every check, then every test, then one line that says how many passed.
// npm test -- ARGS: `vitest run ARGS` alone, with the same last line.
// npm test -- quick [ARGS]: the unit tests beside the source alone.
// After the checks the command line is tested as it was just built, otherwise from source.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allChecks } from "./checks/all.ts";
import { runChecks } from "./checks/run-checks.ts";
import { bringDebianPrograms } from "./debian-programs.ts";
import { preparePythonEnvs } from "./python/envs.ts";
import { countTests } from "./test-report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2);
const args = given[0] === "quick" ? ["/src/", ...given.slice(1)] : given;
const folder = await mkdtemp(join(tmpdir(), "mlx-download-test-"));
try {
  const checks = args.length === 0 ? allChecks(root, folder) : [];
  // The checks compute, the environments mostly come over the network.
  const [failedChecks, pythonEnvs] = await Promise.all([
    runChecks(root, checks),
    preparePythonEnvs(root, process.env),
    bringDebianPrograms(process.env),
  ]);
  const built = checks.length > 0 && !failedChecks.includes("build");
  const report = join(folder, "vitest.json");
  const code = await vitest(
    [...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    {
      MLX_DOWNLOAD_PYTHON_ENVS: pythonEnvs,
      MLX_DOWNLOAD_BUILT: built ? "1" : process.env["MLX_DOWNLOAD_BUILT"],
    },
  );
  const tests = await countTests(report, code);
  const failures = [...failedChecks.map((name) => `check: ${name}`), ...tests.failures];
  if (failures.length > 0) process.stdout.write(`\nFailed:\n  ${failures.join("\n  ")}\n`);
  const passed = checks.length - failedChecks.length + tests.passed;
  const failed = failures.length;
  process.stdout.write(`${passed} passed, ${failed} failed, ${tests.skipped} skipped\n`);
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function vitest(
  options: readonly string[],
  found: Readonly<Record<string, string | undefined>>,
): Promise<number | null> {
  const env = { ...process.env, ...found };
  const child = spawn(join(root, "node_modules/.bin/vitest"), ["run", ...options], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  // A terminal sends Ctrl-C to the child as well.
  process.on("SIGINT", () => process.stderr.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
}
