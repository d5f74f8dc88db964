import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), "utf8");

test("the reference of events names every type of event, and no others", async () => {
  const sources = [
    "packages/core/src/contract/events.ts",
    "packages/cache/src/verify/verify-report.ts",
    "packages/cache/src/removal/apply-removal.ts",
    "packages/cache/src/disk/copy-meter.ts",
    "packages/core/src/repair/repair-report.ts",
    "packages/engine-adapter/src/contract/events.ts",
    "packages/hub-server/src/mirror/mirror-event.ts",
  ];
  const source = (await Promise.all(sources.map(read))).join("");
  const unions = source.matchAll(/readonly type: (?<union>"[^"]+"(?: \| "[^"]+")*)/gu);
  const types = [...unions].flatMap(([, union = ""]) => union.match(/[a-z-]+/gu) ?? []);
  const page = await read("docs/reference/events.md");
  const rows = [...page.matchAll(/^\| `(?<type>[a-z-]+)`/gmu)].map(([, type]) => type);
  expect(types.length).toBeGreaterThan(0);
  expect(rows).toHaveLength(types.length);
  expect(new Set(rows)).toEqual(new Set(types));
});
