import { expect, test } from "vitest";
import { fencedBlocks } from "./fenced-blocks.ts";

test("blocks come with language, words, line and code, in order", () => {
  const page = "# Title\n\n```sh run\nls\n\npwd\n```\n\ntext\n\n```\nplain\n```\n";
  expect(fencedBlocks(page)).toEqual([
    { language: "sh", words: ["run"], code: "ls\n\npwd\n", line: 3 },
    { language: "", words: [], code: "plain\n", line: 11 },
  ]);
});

test("a longer fence may hold a shorter one", () => {
  expect(fencedBlocks("````md\n```sh run\nls\n```\n````\n")).toEqual([
    { language: "md", words: [], code: "```sh run\nls\n```\n", line: 1 },
  ]);
});
