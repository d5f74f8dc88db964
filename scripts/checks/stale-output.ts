import { access, glob, rm } from "node:fs/promises";
import { join } from "node:path";

/** Deletes what `tsc -b` once made of a source that is gone: it never does, and it would be published. */
export async function removeStaleOutput(dir: string): Promise<void> {
  for await (const path of glob("dist/**/*.{js,d.ts}{,.map}", { cwd: dir })) {
    // A bundle's chunks and files have no source of their own. The bundler deletes the old ones.
    if (/^dist[\\/](?:bin|declarations|files)[\\/]/u.test(path)) continue;
    const source = path.replace(/^dist/u, "src").replace(/\.(?:js|d\.ts)(?:\.map)?$/u, ".ts");
    const there = await access(join(dir, source)).then(
      () => true,
      () => false,
    );
    if (!there) await rm(join(dir, path));
  }
}
