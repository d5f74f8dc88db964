import { expect, test } from "vitest";
import { renderCard } from "./card.ts";

const plain = { color: false, unicode: true };
const rows = [
  { label: "Model", text: "one two three four five six seven eight nine ten eleven twelve" },
  { label: "Fits", text: "surely", verdict: { text: "yes", tone: "good" } },
  { label: "", text: "and more" },
] as const;

test("in a pipe every subject is one line", () => {
  expect(renderCard(rows, plain)).toEqual([
    "Model  one two three four five six seven eight nine ten eleven twelve",
    "Fits   yes  surely",
    "       and more",
  ]);
});

test("in a terminal the text wraps under itself", () => {
  expect(renderCard(rows, { ...plain, columns: 60 }).slice(0, 2)).toEqual([
    "Model  one two three four five six seven eight nine ten",
    "       eleven twelve",
  ]);
});

test("in a narrow terminal the label stands above, and nothing is wider", () => {
  const lines = renderCard(rows, { ...plain, columns: 40 });
  expect(lines.slice(0, 3)).toEqual([
    "Model",
    "  one two three four five six seven",
    "  eight nine ten eleven twelve",
  ]);
  expect(lines.every((line) => line.length < 40)).toBe(true);
});

test("text from outside cannot paint the terminal", () => {
  expect(renderCard([{ label: "Model", text: "a\u001b[31mb" }], plain)).toEqual(["Model  a?[31mb"]);
});
