import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createSecretMask } from "./mask-secrets.ts";

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), "utf8");

test("the Python module hides what the libraries hide: its pattern is the same", async () => {
  const [ours, python] = await Promise.all([
    read("../../core/src/http/secrets.ts"),
    read("../python/mlx_download/failure.py"),
  ]);
  const pattern = /const SECRET =\s*\/(.+)\/g;/u.exec(ours)?.[1];
  const [, lines = ""] = /_SECRET = re\.compile\(\n((?: +r".+",?\n)+)/u.exec(python) ?? [];
  const parts = [...lines.matchAll(/r"(.*)",?$/gmu)].map(([, part = ""]) => part);
  expect(parts.join("").replaceAll(String.raw`\"`, '"')).toBe(pattern);
});

test("a mask hides tokens and the secrets it was told, in every string of a value", () => {
  const mask = createSecretMask();
  mask.add("s3cr3t-of-a-mirror");
  mask.add("abc");
  expect(mask.value({ list: ["hf_0123456789", 7, null], text: "s3cr3t-of-a-mirror abc" })).toEqual({
    list: ["<secret>", 7, null],
    text: "<secret> abc",
  });
});
