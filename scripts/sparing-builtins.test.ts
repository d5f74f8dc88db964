import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { sparingBuiltins } from "./sparing-builtins.ts";

test("a bundle imports nothing of Node and works the same", async () => {
  const dir = await tempDir();
  const source = join(dir, "source.mjs");
  await writeFile(
    source,
    `import os from "node:os";
     import { join as put, sep } from "node:path";
     import { createHash as hash, randomUUID } from "node:crypto";
     import { format } from "util";
     export const digest = hash("sha1").update(randomUUID().slice(0, 0)).digest("hex");
     export const said = format("%s", put("a", "b")) + sep + (typeof os.homedir);`,
  );
  const bundle = await rolldown({ input: source, platform: "node", plugins: [sparingBuiltins()] });
  const { output } = await bundle.write({ file: join(dir, "out.mjs") });
  expect(output[0].code).not.toMatch(/^import /mu);
  const made = (await import(join(dir, "out.mjs"))) as { said: string; digest: string };
  expect(made.digest).toBe("da39a3ee5e6b4b0d3255bfef95601890afd80709");
  expect(made.said).toBe(`${join("a", "b")}${join("a", "b")[1]}function`);
});
