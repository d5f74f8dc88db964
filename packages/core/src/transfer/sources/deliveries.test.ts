import { expect, test } from "vitest";
import { createDeliveries } from "./deliveries.ts";

test("the last who brought a byte is where it comes from", () => {
  const deliveries = createDeliveries();
  deliveries.add("a", { start: 0, end: 100 }, "one");
  deliveries.add("a", { start: 50, end: 150 }, "other");
  deliveries.add("b", { start: 0, end: 10 }, "third");
  expect([...deliveries.sourcesOf("a", { start: 0, end: 50 })]).toEqual(["one"]);
  expect([...deliveries.sourcesOf("a", { start: 50, end: 60 })]).toEqual(["other"]);
  expect([...deliveries.sourcesOf("a", { start: 40, end: 60 })]).toEqual(["other", "one"]);
  expect([...deliveries.sourcesOf("a", { start: 150, end: 200 })]).toEqual([]);
});

test("whose bytes were replaced by another's is told, not who brought the same ones twice", () => {
  const deliveries = createDeliveries();
  deliveries.add("a", { start: 0, end: 100 }, "one");
  deliveries.add("a", { start: 0, end: 100 }, "other");
  deliveries.add("a", { start: 100, end: 200 }, "other");
  deliveries.add("a", { start: 100, end: 200 }, "other");
  expect([...deliveries.replaced("a", [{ start: 20, end: 30 }])]).toEqual(["one"]);
  expect([...deliveries.replaced("a", [{ start: 120, end: 130 }])]).toEqual([]);
});

test("a range falls into parts that were each brought by the same sources", () => {
  const deliveries = createDeliveries();
  deliveries.add("a", { start: 10, end: 60 }, "one");
  deliveries.add("a", { start: 50, end: 90 }, "other");
  const parts = deliveries.parts("a", { start: 20, end: 100 });
  expect(parts.map(({ start, end, sources }) => [start, end, ...sources])).toEqual([
    [20, 50, "one"],
    [50, 60, "one", "other"],
    [60, 90, "other"],
    [90, 100],
  ]);
  expect(deliveries.parts("b", { start: 0, end: 5 })).toEqual([
    { start: 0, end: 5, sources: new Set() },
  ]);
});
