/** The version in this package's manifest. The build writes it in the place of this module. */
export function packageVersion(): string {
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const manifest = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
