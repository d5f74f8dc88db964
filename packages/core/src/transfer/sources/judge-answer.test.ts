import { expect, test } from "vitest";
import { responseHeaders } from "../../http/response-headers.ts";
import { parseContentRange } from "./content-range.ts";
import { judgeAnswer } from "./judge-answer.ts";

const part = { start: 10, end: 20 };
const judge = (
  status: number,
  headers: Record<string, string>,
  asked: { start: number; end: number } | undefined = part,
) =>
  judgeAnswer(
    { status, headers: responseHeaders(Object.entries(headers)) },
    { size: 100, wanted: asked ?? { start: 0, end: 100 }, asked },
  ).kind;

test.each([
  ["206 with the range asked for", 206, { "content-range": "bytes 10-19/100" }, "bytes"],
  ["206 with an unknown total", 206, { "content-range": "bytes 10-19/*" }, "bytes"],
  ["206 of the length, without Content-Range", 206, { "content-length": "10" }, "bytes"],
  ["206 whose Content-Range has no unit", 206, { "content-range": "10-19/100" }, "bytes"],
  ["206 without Content-Range or length", 206, {}, "bytes"],
  ["206 of another length", 206, { "content-length": "9" }, "wrong-answer"],
  ["206 of another range", 206, { "content-range": "bytes 0-9/100" }, "wrong-answer"],
  ["206 of a file of another size", 206, { "content-range": "bytes 10-19/99" }, "short"],
  [
    "206 with less than it promises",
    206,
    { "content-range": "bytes 10-19/100", "content-length": "5" },
    "short",
  ],
  ["200 with the whole file", 200, { "content-length": "100" }, "ranges-ignored"],
  ["200 with just the part", 200, { "content-length": "10" }, "bytes"],
  ["200 of unknown length", 200, {}, "ranges-ignored"],
  ["200 of a length that is neither", 200, { "content-length": "50" }, "short"],
  ["416", 416, { "content-range": "bytes */50" }, "short"],
] as const)("a range answered by %s is judged %#", (_, status, headers, expected) => {
  expect(judge(status, headers)).toBe(expected);
});

test.each([
  ["its length", { "content-length": "100" }, "bytes"],
  ["no length", {}, "bytes"],
  ["a shorter length", { "content-length": "50" }, "short"],
  ["a compressed length", { "content-length": "50", "content-encoding": "gzip" }, "bytes"],
] as const)("a whole file with %s", (_, headers, expected) => {
  expect(
    judgeAnswer(
      { status: 200, headers: responseHeaders(Object.entries(headers)) },
      { size: 100, wanted: { start: 0, end: 100 }, asked: undefined },
    ).kind,
  ).toBe(expected);
});

test.each([
  ["its range", { "content-range": "bytes 0-99/100" }, "bytes"],
  ["its length", { "content-length": "100" }, "bytes"],
  ["another length", { "content-length": "99" }, "wrong-answer"],
] as const)("a whole file that comes as a 206 with %s", (_, headers, expected) => {
  expect(
    judgeAnswer(
      { status: 206, headers: responseHeaders(Object.entries(headers)) },
      { size: 100, wanted: { start: 0, end: 100 }, asked: undefined },
    ).kind,
  ).toBe(expected);
});

test("a server that knows no ranges is read from the start, up to the wanted byte", () => {
  expect(
    judgeAnswer(
      { status: 200, headers: responseHeaders([["content-length", "100"]]) },
      { size: 100, wanted: { start: 40, end: 100 }, asked: undefined },
    ),
  ).toEqual({ kind: "bytes", skip: 40 });
});

test("Content-Range is read with its end made exclusive, and nothing is read into nonsense", () => {
  expect(parseContentRange("bytes 0-9/100")).toEqual({ start: 0, end: 10, total: 100 });
  expect(parseContentRange("bytes 0-9/*")).toEqual({ start: 0, end: 10, total: undefined });
  for (const text of ["", "bytes */100", "bytes 9-0/100", "bytes 0-100/100", "items 0-9/100"]) {
    expect(parseContentRange(text)).toBeUndefined();
  }
});
