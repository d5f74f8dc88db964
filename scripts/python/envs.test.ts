import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { preparePythonEnvs } from "./envs.ts";

test("a folder that is named is used as it is", async () => {
  const env = { MLX_DOWNLOAD_PYTHON_ENVS: "/somewhere", CI: "true" };
  expect(await preparePythonEnvs(await tempDir(), env)).toBe("/somewhere");
});

test("outside CI nothing is installed, and what is there is used", async () => {
  const root = await tempDir();
  expect(await preparePythonEnvs(root, { CI: "false" })).toBeUndefined();
  await mkdir(join(root, ".toolchain/python"), { recursive: true });
  expect(await preparePythonEnvs(root, {})).toBe(join(root, ".toolchain/python"));
});
