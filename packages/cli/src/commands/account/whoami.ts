import { whoAmI } from "@mlx-download/core/account";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import { notLoggedIn } from "./not-logged-in.ts";
import { readToken } from "./read-token.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";

/**
 * `mlx-download whoami`: prints the account's name, and the token's source and role on standard
 * error.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const account = await whoAmI({
    env: shell.env,
    endpoint: flags.endpoint,
    ...(await readToken(flags, shell)),
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  });
  if (account === undefined) throw notLoggedIn();
  await writeResult({ ...account }, `${printable(account.name)}\n`, { flags, shell });
  if (flags.quiet || flags.json) return 0;
  const { organizations, tokenName, tokenRole, tokenSource } = account;
  const role = tokenRole === undefined ? "" : ` (${tokenRole})`;
  const lines = [
    ...(organizations.length > 0 ? [`organizations: ${organizations.join(", ")}`] : []),
    `token: ${tokenName ?? "from a login in the browser"}${role}, from ${tokenSource}`,
  ];
  shell.stderr.write(lines.map((line) => `${printable(line)}\n`).join(""));
  return 0;
}
