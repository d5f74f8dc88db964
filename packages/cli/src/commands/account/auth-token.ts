import { activeToken } from "@mlx-download/core/account";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { notLoggedIn } from "./not-logged-in.ts";
import { readToken } from "./read-token.ts";

/** `mlx-download auth token`: prints the token in use, as `hf auth token` does. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const found = await activeToken({ env: shell.env, ...(await readToken(flags, shell)) });
  if (found === undefined) throw notLoggedIn();
  await writeResult({ ...found }, `${found.token}\n`, { flags, shell });
  return 0;
}
