import { expect, test } from "vitest";
import { findStragglers } from "./stragglers.ts";

const steady = (each: number, seconds = 6): number[] =>
  Array.from({ length: seconds }, (_, second) => each * second);

test("a read far below its siblings is found, and only that one", () => {
  const history = new Map([
    ["a", steady(100)],
    ["b", steady(120)],
    ["slow", steady(5)],
    ["c", steady(90)],
  ]);
  expect(findStragglers(history)).toEqual(["slow"]);
});

test("nobody is judged in its first five seconds, alone, or by one neighbour", () => {
  expect(
    findStragglers(
      new Map([
        ["a", steady(100)],
        ["b", steady(100)],
        ["young", steady(1, 5)],
      ]),
    ),
  ).toEqual([]);
  expect(findStragglers(new Map([["alone", steady(1)]]))).toEqual([]);
  expect(
    findStragglers(
      new Map([
        ["a", steady(100)],
        ["slow", steady(1)],
      ]),
    ),
  ).toEqual([]);
});

test("a line on which all are slow has no stragglers", () => {
  expect(
    findStragglers(
      new Map([
        ["a", steady(1)],
        ["b", steady(1)],
        ["c", steady(0)],
      ]),
    ),
  ).toEqual(["c"]);
  expect(
    findStragglers(
      new Map([
        ["a", steady(0)],
        ["b", steady(0)],
        ["c", steady(0)],
      ]),
    ),
  ).toEqual([]);
});
