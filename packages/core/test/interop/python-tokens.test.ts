import { join } from "node:path";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { readStoredTokens, storeToken, tokenFiles, whoAmI } from "../../src/account/account.ts";

const env = pythonEnv("hub-2.4.0");

/** Runs Python with the client's own functions at hand; resolves with what it printed as JSON. */
async function python(code: string, environment: NodeJS.ProcessEnv): Promise<unknown> {
  const script = [
    "import json",
    "from huggingface_hub import get_token, login",
    "from huggingface_hub.utils import get_stored_tokens",
    code,
  ].join("\n");
  const result = await run(env?.python ?? "", ["-c", script], {
    env: { ...environment, PATH: process.env["PATH"] },
    timeoutMs: 60_000,
  });
  expect(result.code, result.stderr).toBe(0);
  return JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "");
}

test.skipIf(env === undefined)(
  "the Python client reads the tokens that we wrote, and we read its",
  async () => {
    const hub = await startTestHub();
    onTestFinished(() => hub.close());
    hub.store.addUser({ name: "anna", tokens: ["hf_ours", "hf_theirs"] });
    const environment = { HF_HOME: join(await tempDir(), "hf"), HF_ENDPOINT: hub.url };
    const files = tokenFiles(environment);
    const expiresAt = Date.now() + 30 * 86_400_000;
    await storeToken({ name: "wörk %1", token: "hf_ours", refreshToken: "r", expiresAt }, files);
    expect(
      await python("print(json.dumps([get_token(), get_stored_tokens()]))", environment),
    ).toEqual(["hf_ours", { "wörk %1": "hf_ours" }]);

    await python("login(token='hf_theirs'); print(json.dumps(get_token()))", environment);
    expect(await whoAmI({ env: environment })).toMatchObject({
      name: "anna",
      tokenSource: `the token file ${files.tokenFile}`,
    });
    expect(await readStoredTokens(files)).toEqual([
      { name: "token", token: "hf_theirs", refreshToken: undefined, expiresAt: undefined },
      {
        name: "wörk %1",
        token: "hf_ours",
        refreshToken: "r",
        expiresAt: Math.floor(expiresAt / 1000) * 1000,
      },
    ]);
  },
);
