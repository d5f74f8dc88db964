import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), "utf8");

test("the reference of events names every type of event, and no others", async () => {
  const sources = [
    "packages/core/src/contract/events.ts",
    "packages/cache/src/verify/verify-report.ts",
    "packages/cache/src/disk/copy-meter.ts",
    "packages/core/src/repair/repair-report.ts",
    "packages/engine-adapter/src/contract/events.ts",
  ];
  const source = (await Promise.all(sources.map(read))).join("");
  const types = [...source.matchAll(/readonly type: "(?<type>[^"]+)"/gu)].map(([, type]) => type);
  const page = await read("docs/reference/events.md");
  const rows = [...page.matchAll(/^\| `(?<type>[a-z-]+)`/gmu)].map(([, type]) => type);
  expect(types.length).toBeGreaterThan(0);
  expect(rows).toHaveLength(types.length);
  expect(new Set(rows)).toEqual(new Set(types));
});
