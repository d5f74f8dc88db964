import { expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { renderTable } from "./table.ts";

const columns = [
  { title: "MODEL" },
  { title: "SIZE", align: "right" },
  { title: "UPDATED" },
] as const;
const rows = [
  ["mlx-community/Llama-3.2-3B-Instruct-4bit", "1.83 GB", "2026-01-02"],
  ["gpt2", "548 MB", ""],
];
const style = { color: false, unicode: true };

test("columns line up and numbers stand to the right", () => {
  expect(`\n${renderTable(columns, rows, style).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    MODEL                                        SIZE  UPDATED
    mlx-community/Llama-3.2-3B-Instruct-4bit  1.83 GB  2026-01-02
    gpt2                                       548 MB
    "
  `);
});

test("a narrow terminal loses empty columns, then lesser ones, and no name", () => {
  const lesser = [columns[0], columns[1], { title: "UPDATED", lesser: true }, { title: "ACCESS" }];
  const at60 = renderTable(lesser, rows, { ...style, columns: 62 });
  expect(`\n${at60.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    MODEL                                        SIZE  UPDATED
    mlx-community/Llama-3.2-3B-Instruct-4bit  1.83 GB  2026-01-02
    gpt2                                       548 MB
    "
  `);
  const at55 = renderTable(lesser, rows, { ...style, columns: 55 });
  expect(`\n${at55.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    MODEL                                        SIZE
    mlx-community/Llama-3.2-3B-Instruct-4bit  1.83 GB
    gpt2                                       548 MB
    "
  `);
});

test("where nothing more can go, names have lines of their own", () => {
  const at40 = renderTable(columns, rows, { ...style, columns: 42 });
  expect(`\n${at40.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    MODEL
      SIZE  UPDATED
    mlx-community/Llama-3.2-3B-Instruct-4bit
      1.83 GB  2026-01-02
    gpt2
      548 MB
    "
  `);
  for (const width of [12, 20, 30, 42, 60, 80]) {
    const text = renderTable(columns, rows, { ...style, columns: width }).join("\n");
    for (const [name = ""] of rows) expect(text).toContain(name);
  }
});

test("the cells below a name wrap at words and stay inside the terminal", () => {
  const long = [["org/name", "one two three four five six seven"]];
  const lines = renderTable([{ title: "MODEL" }, { title: "STATE" }], long, {
    ...style,
    columns: 24,
  });
  for (const line of lines) expect(displayWidth(line)).toBeLessThan(24);
});

test("running text goes on in its own column, and below the name where that is too narrow", () => {
  const texts = [{ title: "ID" }, { title: "TEXT", wraps: true }];
  const long = [["abc", "one two three four five six seven eight nine ten"]];
  expect(renderTable(texts, long, { ...style, columns: 36 })).toEqual([
    "ID   TEXT",
    "abc  one two three four five six",
    "     seven eight nine ten",
  ]);
  expect(renderTable(texts, long, { ...style, columns: 24 })[2]).toBe("abc");
});
