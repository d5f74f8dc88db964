import type { Invocation } from "../../command-line/command-spec.ts";
import { configPath, readConfig } from "../../config/config-file.ts";
import { effectiveSetting } from "../../config/effective.ts";
import { settingSpecs } from "../../config/setting-specs.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { tableText } from "../../text/table.ts";

/** `mlx-download config show`: every setting as it counts now. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const env = shell.processEnv;
  const path = configPath(env);
  const values = readConfig(path);
  const settings = settingSpecs.map((spec) => effectiveSetting(spec, { env, values, path }));
  const rows = settings.map(({ name, value, origin, from }) => {
    const source = origin === "default" ? "default" : `${origin} (${printable(from ?? "")})`;
    return [name, printable(value ?? "-"), ...(flags.origin ? [source] : [])];
  });
  const columns = [{ title: "SETTING" }, { title: "VALUE" }];
  const shown = flags.origin ? [...columns, { title: "ORIGIN" }] : columns;
  await writeResult({ path, settings }, tableText(shown, rows, shell.stdoutStyle), {
    flags,
    shell,
  });
  if (!flags.quiet && !flags.json) shell.stderr.write(`The file is ${path}\n`);
  return 0;
}
