import { expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { renderTable } from "./table.ts";

const columns = [
  { title: "MODEL", flexible: true },
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

test("a narrow terminal shortens names first and then drops columns", () => {
  const at50 = renderTable(columns, rows, { ...style, columns: 50 });
  expect(`\n${at50.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    MODEL                            SIZE  UPDATED
    mlx-community…-Instruct-4bit  1.83 GB  2026-01-02
    gpt2                           548 MB
    "
  `);
  const at30 = renderTable(columns, rows, { ...style, columns: 30 });
  expect(`\n${at30.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    MODEL                    SIZE
    mlx-commu…truct-4bit  1.83 GB
    gpt2                   548 MB
    "
  `);
  for (const line of at30) expect(displayWidth(line)).toBeLessThan(30);
});
