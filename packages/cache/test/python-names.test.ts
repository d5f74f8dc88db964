import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { cacheLocations, checkRepoId, repoFolderName } from "@mlx-download/cache";

const envs = (["hub-2.4.0", "hub-1.33.0"] as const).map((name) => ({ name, env: pythonEnv(name) }));

const LOCATIONS = `
import json
from huggingface_hub import constants as c
print(json.dumps([c.HF_HOME, c.HF_HUB_CACHE, c.HF_ASSETS_CACHE, c.HF_XET_CACHE, c.HF_TOKEN_PATH, c.HF_STORED_TOKENS_PATH]))
`;

const REPO_IDS = `
import json, sys
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.utils import validate_repo_id
def folder(repo_id):
    try:
        validate_repo_id(repo_id)
    except ValueError:
        return None
    return repo_folder_name(repo_id=repo_id, repo_type="model")
print(json.dumps([folder(repo_id) for repo_id in json.load(sys.stdin)]))
`;

const REPO_ID_CASES = (
  "gpt2 org/name mlx-community/Qwen2.5-7B-4bit a _a a_ 1/2 a.b/c_d-e a.git/b a.git org/a.git / a/ /a a/b/c a--b " +
  "a..b -a a- .a a. org/-a org-/a café a\\b a\u0000b"
)
  .split(" ")
  .concat("", "a b", "x".repeat(96), "x".repeat(97), `${"x".repeat(97)}/y`);

describe.each(envs)("beside $name", ({ env }) => {
  test
    .skipIf(env === undefined)
    .each<Record<string, string>>([
      {},
      { HF_HOME: "/hf" },
      { HF_HOME: "~/hf" },
      { HF_HOME: "$BASE/${BASE}/$NOPE" },
      { XDG_CACHE_HOME: "/xdg" },
      { XDG_CACHE_HOME: "~/xdg", HF_HUB_CACHE: "$BASE/hub" },
      { HF_HUB_CACHE: "/new", HUGGINGFACE_HUB_CACHE: "/old" },
      { HUGGINGFACE_HUB_CACHE: "/old", HUGGINGFACE_ASSETS_CACHE: "~/assets" },
      { HF_ASSETS_CACHE: "/assets", HF_XET_CACHE: "~/xet", HF_TOKEN_PATH: "~/secret/token" },
      { HF_HOME: "relative" },
    ])("the cache lies in the same place with %j", async (variables) => {
    const variablesAndHome = { HOME: await tempDir(), BASE: "/base", ...variables };
    const { stdout, stderr } = await run(env?.python ?? "", ["-c", LOCATIONS], {
      env: variablesAndHome,
    });
    expect(stderr).toBe("");
    const ours = cacheLocations(variablesAndHome);
    expect([
      ours.hfHome,
      ours.hubCache,
      ours.assetsCache,
      ours.xetCache,
      ours.tokenFile,
      ours.storedTokensFile,
    ]).toEqual((JSON.parse(stdout) as string[]).map((path) => resolve(path)));
  });

  test.skipIf(env === undefined)(
    "the same repo ids are valid and have the same folder",
    async () => {
      const input = JSON.stringify(REPO_ID_CASES);
      const { stdout } = await run(env?.python ?? "", ["-c", REPO_IDS], { input });
      const ours = REPO_ID_CASES.map((id) => {
        try {
          return repoFolderName(checkRepoId(id));
        } catch {
          return null;
        }
      });
      expect(ours).toEqual(JSON.parse(stdout));
    },
  );
});
