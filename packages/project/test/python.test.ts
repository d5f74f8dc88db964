import { pythonEnv, run } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { installModels } from "../src/models/install-models.ts";
import { contentOf, placeAt, startLocked } from "./fixture.ts";

/** Prints where the client finds the model: offline by commit and by branch, and online by commit. */
const READ = `
import sys
from huggingface_hub import snapshot_download
repo, commit, cache = sys.argv[1:]
print(snapshot_download(repo, revision=commit, cache_dir=cache, local_files_only=True))
print(snapshot_download(repo, cache_dir=cache, local_files_only=True))
print(snapshot_download(repo, revision=commit, cache_dir=cache))
`;

describe.each(["hub-2.4.0", "hub-1.33.0"] as const)("the client in %s", (name) => {
  const env = pythonEnv(name);

  test.skipIf(!env)("reads what was installed from a lock, and fetches no byte again", async () => {
    const { hub, folder } = await startLocked();
    const { options, cacheDir } = await placeAt(hub, folder);
    const { models } = await installModels(folder, { ...options, frozen: true });
    const [chat] = models;
    hub.log.clear();
    const { code, stdout, stderr } = await run(
      env?.python ?? "",
      ["-c", READ, chat?.repoId ?? "", chat?.commit ?? "", cacheDir],
      {
        env: {
          PATH: process.env["PATH"],
          HOME: options.env["HOME"],
          HF_ENDPOINT: hub.url,
          HF_HUB_DISABLE_TELEMETRY: "1",
        },
      },
    );
    expect(code, stderr).toBe(0);
    const paths = stdout.trim().split("\n");
    expect(paths).toEqual([chat?.path, chat?.path, chat?.path]);
    expect(Object.keys(await contentOf(chat?.path ?? ""))).toHaveLength(4);
    expect(hub.log.of({ method: "GET" }).filter(({ target }) => target !== "api")).toEqual([]);
  });
});
