import { expect, test } from "vitest";
import { readPageFiles } from "./page-files.ts";

test("the page is at most 60 kB on the wire, whole, and asks for nothing elsewhere", async () => {
  const files = await readPageFiles();
  const distinct = new Map([...files.values()].map((file) => [file.etag, file]));
  const bytes = [...distinct.values()].reduce((sum, { brotli }) => sum + brotli.byteLength, 0);
  expect(bytes).toBeLessThanOrEqual(60_000);
  const html = Buffer.from(files.get("/")?.plain ?? []).toString();
  const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address = ""]) => address);
  expect(named.length).toBeGreaterThan(1);
  for (const address of named) expect(files.has(address), address).toBe(true);
  // The first paint does not wait for the script.
  expect(html).toContain('<a href="#/library">Library</a>');
  const style = Buffer.from(files.get("/style.css")?.plain ?? []).toString();
  expect(style).not.toMatch(/url\(|@import/);
});
