import { expect, test } from "vitest";
import { amountLine } from "./amount-display.ts";

const style = { unicode: false, color: false } as const;
const parts = { here: 0, came: 50, whole: 100 };
const words = ["93.6 of 120 MB", "900 MB/s", "0.0 s left"];
const lineAt = (columns: number): string => amountLine(parts, words, { columns, style });

test("the line of an amount never takes more columns than there are", () => {
  for (let columns = 1; columns <= 120; columns += 1) {
    expect(lineAt(columns).length).toBeLessThanOrEqual(columns);
  }
});

test("where there is little room the bar becomes shorter, then goes, and after it the last words", () => {
  expect(lineAt(100)).toBe(`${"#".repeat(15)}${"-".repeat(15)} ${words.join("  ")}`);
  expect(lineAt(59)).toBe(`${"#".repeat(11)}${"-".repeat(11)} ${words.join("  ")}`);
  expect(lineAt(40)).toBe(words.join("  "));
  expect(lineAt(26)).toBe("93.6 of 120 MB  900 MB/s");
});
