import { expect, test } from "vitest";
import { sentences } from "./sentences.ts";

test.each([
  [["Cannot reach the Hub", "Check the network."], "Cannot reach the Hub. Check the network."],
  [["It is gone.", "Look elsewhere"], "It is gone. Look elsewhere"],
  [["Is it there?", undefined, "Look"], "Is it there? Look"],
  [["alone", undefined], "alone"],
  [["", "  ", "alone"], "alone"],
  [[], ""],
])("%j become %j", (texts, line) => {
  expect(sentences(...texts)).toBe(line);
});
