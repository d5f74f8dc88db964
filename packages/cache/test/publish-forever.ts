import { repoLayout } from "@mlx-download/cache";
import { publishFile, prepareRepo, writeRef, writeTreeRecord } from "@mlx-download/cache/writing";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FILES, GOLDEN } from "./golden-model.ts";

// Publishes the golden model under ever new commits, a line on stdout for each step, until it is killed.
const [cacheDir = "", links = "links"] = process.argv.slice(2);
const layout = repoLayout(cacheDir, "acme/tiny");
for (;;) {
  await prepareRepo(layout);
  const commit = randomBytes(20).toString("hex");
  for (const { file, content } of GOLDEN) {
    const from = join(layout.partialDir, `${randomBytes(20).toString("hex")}.data`);
    await writeFile(from, content);
    await publishFile(layout, { commit, file, from }, { symlinks: links === "links" });
    process.stdout.write(".\n");
  }
  await writeTreeRecord(layout, commit, FILES);
  await writeRef(layout, "main", commit);
}
