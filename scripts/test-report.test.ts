import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { countTests } from "./test-report.ts";

async function count(testResults: unknown, exitCode: number | null): Promise<unknown> {
  const path = join(await tempDir(), "report.json");
  await writeFile(path, JSON.stringify({ testResults }));
  return countTests(path, exitCode);
}

const result = (fullName: string, status: string): object => ({ fullName, status });

test("passed, failed and skipped tests are counted", async () => {
  const assertionResults = [
    result("one", "passed"),
    result("two", "failed"),
    result("three", "skipped"),
    result("four", "todo"),
  ];
  const files = [{ name: "a.test.ts", status: "failed", assertionResults }];
  const failures = ["a.test.ts: two"];
  expect(await count(files, 1)).toEqual({ passed: 1, failed: 1, skipped: 2, failures });
});

test("a file that does not load is a failure", async () => {
  const files = [{ name: "a.test.ts", status: "failed", assertionResults: [] }];
  const failures = ["a.test.ts (the file itself)"];
  expect(await count(files, 1)).toEqual({ passed: 0, failed: 1, skipped: 0, failures });
});

test("a run that ends badly while every test passed is a failure", async () => {
  const files = [
    { name: "a.test.ts", status: "passed", assertionResults: [result("one", "passed")] },
  ];
  expect(await count(files, 1)).toMatchObject({ passed: 1, failed: 1 });
});

test("a run without a report is a failure", async () => {
  const path = join(await tempDir(), "nothing.json");
  expect(await countTests(path, 0)).toMatchObject({ passed: 0, failed: 1 });
});
