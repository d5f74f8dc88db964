import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test, vi } from "vitest";
import { leaveOutOfBackups } from "./leave-out-of-backups.ts";

test("a Mac is told to leave the folder out, another system is not, and without tmutil nothing happens", async () => {
  const home = await tempDir();
  const seen = join(home, "seen");
  await writeFile(join(home, "tmutil"), `#!/bin/sh\nprintf '%s\\n' "$@" >>"${seen}"\n`);
  await chmod(join(home, "tmutil"), 0o755);
  const env = { PATH: `${home}:/usr/bin:/bin` };
  leaveOutOfBackups("/not here", { platform: "linux", env });
  leaveOutOfBackups("/a b/.partial", { platform: "darwin", env: { PATH: "/nowhere" } });
  leaveOutOfBackups("/a b/.partial", { platform: "darwin", env });
  await vi.waitFor(async () =>
    expect(await readFile(seen, "utf8")).toBe("addexclusion\n/a b/.partial\n"),
  );
});
