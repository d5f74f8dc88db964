import type { Check } from "./check.ts";

/** Runs checks one after the other, prints a line for each and the problems found; returns the names of those that failed. */
export async function runChecks(
  root: string,
  checks: readonly Check[],
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const check of checks) {
    const start = performance.now();
    const problems = await check
      .find(root)
      .catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const mark = problems.length === 0 ? "✓" : "✗";
    process.stdout.write(`${mark} ${check.name} (${seconds} s)\n`);
    for (const problem of problems) process.stdout.write(`${problem.replaceAll(/^/gmu, "    ")}\n`);
    if (problems.length > 0) failed.push(check.name);
  }
  return failed;
}
