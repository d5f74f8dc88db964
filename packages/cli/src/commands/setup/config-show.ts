import type { Invocation } from "../../command-line/command-spec.ts";
import { configPath, readConfig } from "../../config/config-file.ts";
import { effectiveSetting } from "../../config/effective.ts";
import { settingSpecs } from "../../config/setting-specs.ts";
import { jsonText } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { renderTable } from "../../text/table.ts";

/** `mlx-download config show`: every setting as it counts now. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const env = shell.processEnv;
  const path = configPath(env);
  const values = readConfig(path);
  const settings = settingSpecs.map((spec) => effectiveSetting(spec, { env, values, path }));
  if (flags.json) {
    const indented = shell.stdoutColumns !== undefined;
    await shell.stdout.write(jsonText({ schema: 1, path, settings }, indented));
    return 0;
  }
  const rows = settings.map(({ name, value, origin, from }) => {
    const source = origin === "default" ? "default" : `${origin} (${printable(from ?? "")})`;
    return [name, printable(value ?? "-"), ...(flags.origin ? [source] : [])];
  });
  const columns = [{ title: "SETTING" }, { title: "VALUE", flexible: true }];
  const table = renderTable(flags.origin ? [...columns, { title: "ORIGIN" }] : columns, rows, {
    ...shell.stdoutStyle,
    columns: shell.stdoutColumns,
  });
  await shell.stdout.write(`${table.join("\n")}\n`);
  if (!flags.quiet) shell.stderr.write(`The file is ${path}\n`);
  return 0;
}
