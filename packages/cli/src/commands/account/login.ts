import {
  deviceLogin,
  type GivenToken,
  storedName,
  storeToken,
  tokenFiles,
  whoAmI,
} from "@mlx-download/core/account";
import { openKeychain, tokenAccount } from "./keychain.ts";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { configPath } from "../../config/config-file.ts";
import { writeConfig } from "../../config/write-config.ts";
import { writeResult } from "../../shell/result.ts";
import { readGivenToken } from "./read-token.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";

async function loginInBrowser(flags: Flags, shell: Shell): Promise<GivenToken> {
  const { stderr, stderrStyle, env, interrupt } = shell;
  return deviceLogin({
    env,
    endpoint: flags.endpoint,
    signal: interrupt.signal,
    onCode({ userCode, url, urlWithCode }) {
      const code = paint(stderrStyle, "strong", printable(userCode));
      stderr.write(`Open ${printable(urlWithCode)}\nand confirm the code ${code}`);
      stderr.write(urlWithCode === url ? " there.\n" : `, or type it at ${printable(url)}\n`);
      if (!flags.quiet) stderr.write("Waiting for you there … (Ctrl-C ends it)\n");
    },
  });
}

/** `mlx-download login`: gets a token, has the Hub confirm it, and saves it. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { env, interrupt } = shell;
  const pasted = await readGivenToken(flags, shell);
  const given: GivenToken =
    pasted === undefined
      ? await loginInBrowser(flags, shell)
      : { token: pasted, refreshToken: undefined, expiresAt: undefined };
  const asked = { env, endpoint: flags.endpoint, signal: interrupt.signal };
  const account = await whoAmI({
    ...asked,
    token: given.token,
    tokenSource:
      pasted === undefined ? "this login" : flags.tokenStdin ? "--token-stdin" : "--token",
  });
  const name = account?.name ?? "";
  const files = tokenFiles(env);
  const inKeychain = flags.keychain || env["MLX_DOWNLOAD_TOKEN_STORE"] === "keychain";
  const keychain = inKeychain ? openKeychain(env) : undefined;
  if (keychain) {
    await keychain.save(tokenAccount(env, flags.endpoint), given.token);
    await writeConfig(configPath(shell.processEnv), "token-store", "keychain");
  } else
    await storeToken(
      { ...given, name: storedName({ tokenName: account?.tokenName, name }) },
      files,
    );
  const store = keychain?.name ?? files.tokenFile;
  await writeResult({ name, store, expiresAt: given.expiresAt ?? null }, "", { flags, shell });
  if (flags.quiet) return 0;
  shell.stderr.write(`Logged in as ${printable(name)}; the token is in ${store}\n`);
  for (const variable of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
    if (env[variable]?.trim())
      shell.stderr.write(`warning: ${variable} is set and wins over it.\n`);
  return 0;
}
