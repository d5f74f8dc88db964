import { expect, test } from "vitest";
import { hubWarnings } from "./hub-warning.ts";

const told = (header: string | undefined): unknown[] =>
  hubWarnings(header).map((event) => event.type === "warning" && [event.topic, event.message]);

test("a warning is a topic and a message", () => {
  // As the Hub sends it to anonymous callers since June 2026.
  const header =
    "unauthenticated; Warning: You are sending unauthenticated requests to the HF Hub. Please set a HF_TOKEN to enable higher rate limits and faster downloads.";
  expect(told(header)).toEqual([
    [
      "unauthenticated",
      "You are sending unauthenticated requests to the HF Hub. Please set a HF_TOKEN to enable higher rate limits and faster downloads.",
    ],
  ]);
});

test.each([
  [undefined, []],
  ["", []],
  ["no topic, but a comma", [["no topic, but a comma", "no topic, but a comma"]]],
  [
    "a; one, two, b; three",
    [
      ["a", "one, two"],
      ["b", "three"],
    ],
  ],
  ["limit; your IP (192.0.2.7) asks often", [["limit", "your IP (…) asks often"]]],
])("%s", (header, warnings) => {
  expect(told(header)).toEqual(warnings);
});
