import { expect, test } from "vitest";
import { isMlxModel } from "./mlx-model.ts";

test.each([
  [{ config: '{"quantization": {"bits": 4}}' }],
  [{ card: "---\nlibrary_name: mlx\n---\n" }],
  [{ card: '---\r\ntags:\r\n- "mlx"\r\n---\r\n' }],
  [{ card: "---\ntags: [other, mlx]\n---\n" }],
  [{ card: "---\ntags:\n- other\n# a comment\n\n- mlx\n---\n" }],
  [{ metadata: new Map([["format", "mlx"]]) }],
])("%o is an MLX model", (signs) => {
  expect(isMlxModel(signs)).toBe(true);
});

test.each([
  [{}],
  [{ config: '{"quantization": 4}', card: "library_name: mlx" }],
  [{ config: "no json", card: "---\nlibrary_name: transformers\n---\nmlx" }],
  [{ metadata: new Map([["format", "pt"]]) }],
])("%o is none", (signs) => {
  expect(isMlxModel(signs)).toBe(false);
});
