import { removeTokens, tokenFiles } from "@mlx-download/core/account";
import { openKeychain, tokenAccount } from "./keychain.ts";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/**
 * `mlx-download logout`: deletes the tokens from the files, and from the keychain where it is used.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { env } = shell;
  const inFiles = await removeTokens(tokenFiles(env));
  const inKeychain =
    env["MLX_DOWNLOAD_TOKEN_STORE"] === "keychain" &&
    (await openKeychain(env).remove(tokenAccount(env, flags.endpoint)));
  const removed = inFiles || inKeychain;
  await writeResult({ removed }, "", { flags, shell });
  if (flags.quiet) return 0;
  shell.stderr.write(removed ? "Logged out.\n" : "Nobody was logged in.\n");
  for (const variable of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
    if (env[variable]?.trim())
      shell.stderr.write(
        `warning: ${variable} is still set; its token is used until you unset it.\n`,
      );
  return 0;
}
