import { expect, test } from "vitest";
import { findStragglers } from "./stragglers.ts";

const [one, other] = [{}, {}];
/** The history of reads of one download, by name. */
const reads = (speeds: Readonly<Record<string, readonly number[]>>, of: object = one) =>
  Object.entries(speeds).map(([name, seconds]) => [{ name, of }, seconds] as const);
const namesOf = (found: readonly { readonly name: string }[]): string[] =>
  found.map(({ name }) => name);

const steady = (each: number, seconds = 6): number[] =>
  Array.from({ length: seconds }, (_, second) => each * second);

test("a read far below its siblings is found, and only that one", () => {
  const history = new Map(
    reads({ a: steady(100), b: steady(120), slow: steady(5), c: steady(90) }),
  );
  expect(namesOf(findStragglers(history))).toEqual(["slow"]);
});

test("a read is not judged in its first five seconds, alone, or by one neighbour", () => {
  expect(
    namesOf(
      findStragglers(new Map(reads({ a: steady(100), b: steady(100), young: steady(1, 5) }))),
    ),
  ).toEqual([]);
  expect(namesOf(findStragglers(new Map(reads({ alone: steady(1) }))))).toEqual([]);
  expect(namesOf(findStragglers(new Map(reads({ a: steady(100), slow: steady(1) }))))).toEqual([]);
});

test("a line on which all are slow has no stragglers", () => {
  expect(
    namesOf(findStragglers(new Map(reads({ a: steady(1), b: steady(1), c: steady(0) })))),
  ).toEqual(["c"]);
  expect(
    namesOf(findStragglers(new Map(reads({ a: steady(0), b: steady(0), c: steady(0) })))),
  ).toEqual([]);
});

test("the rate of another download says nothing about a read", () => {
  const quick = { a: steady(100), b: steady(100), c: steady(100) };
  const history = new Map([...reads(quick, other), ...reads({ slow: steady(1), as: steady(1) })]);
  expect(findStragglers(history)).toEqual([]);
  const [[lone]] = [...reads({ lone: steady(1) })] as [[{ name: string; of: object }, number[]]];
  expect(findStragglers(history.set(lone, steady(0)))).toEqual([lone]);
});
