import { readFile } from "node:fs/promises";

/** What a test run came to. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Full names of what failed. */
  readonly failures: readonly string[];
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * Counts vitest's JSON report. A file that failed without a failed test (it does not load, a hook threw), a run that
 * left no report and a run that says it failed while no test did count as one failure each.
 */
export async function countTests(path: string, exitCode: number | null): Promise<TestCount> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    return { passed: 0, failed: 1, skipped: 0, failures: ["vitest ended without a report"] };
  }
  const { testResults } = JSON.parse(text) as Report;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === "failed");
    if (status === "failed" && failed.length === 0) return [`${name} (the file itself)`];
    return failed.map(({ fullName }) => `${name}: ${fullName}`);
  });
  if (exitCode !== 0 && failures.length === 0) {
    failures.push(`vitest ended with ${exitCode ?? "a signal"}, see above`);
  }
  const passed = all.filter(({ status }) => status === "passed").length;
  const failedTests = all.filter(({ status }) => status === "failed").length;
  return { passed, failed: failures.length, skipped: all.length - passed - failedTests, failures };
}
