import { expect, test } from "vitest";
import { fromColumns, readCatalogue, toColumns } from "./index.ts";

test("the catalogue of the package is sorted, dated, and says where it is from", async () => {
  const { date, source, models } = await readCatalogue();
  expect(Date.parse(date)).toBeGreaterThan(Date.UTC(2026, 0, 1));
  expect(source).not.toBe("");
  expect(models.length).toBeGreaterThan(100);
  const names = models.map(({ repoId }) => repoId);
  expect(names).toEqual(names.toSorted());
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[\w.-]+\/[\w.-]+$/);
});

test("what is written by columns is read as it was", async () => {
  const catalogue = await readCatalogue();
  expect(fromColumns(toColumns(catalogue))).toEqual(catalogue);
});

test("columns of different lengths are refused", async () => {
  const text = toColumns(await readCatalogue());
  expect(() => fromColumns(text.replace('"likes":[0,', '"likes":['))).toThrow("unknown format");
});
