// node scripts/release/publish.ts [--registry=URL] [--stage] [--dry-run]: publishes the tarballs of release/ whose version the
// registry lacks. Without --registry that is npm, which knows a trusted workflow by its OIDC token: no secret is read here.
// --stage publishes into npm's staging area, where a person approves it.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "@mlx-download/test-utils/run";
import { projectAddress } from "./address.ts";

const { values } = parseArgs({
  options: {
    registry: { type: "string" },
    folder: { type: "string", default: fileURLToPath(new URL("../../release", import.meta.url)) },
    stage: { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
  },
});
/** Npm's own one when none is named. */
const registry = values.registry === undefined ? [] : [`--registry=${values.registry}`];
const npm = async (...args: readonly string[]): Promise<string> => {
  // By the command line, which stands above an environment that tells npm to be silent.
  const { code, stdout, stderr } = await run("npm", [...args, ...registry, "--loglevel=error"]);
  if (code !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr || stdout}`);
  return stdout;
};

// GitHub names the repository of a workflow so. npm takes nothing from another one, and says it only at the last step.
const { GITHUB_SERVER_URL: host, GITHUB_REPOSITORY: from } = process.env;
const address = await projectAddress(fileURLToPath(new URL("../..", import.meta.url)));
if (from !== undefined && values.registry === undefined && `${host}/${from}` !== address.page) {
  throw new Error(
    `the packages name ${address.page}: node scripts/release/set-address.ts ${host}/${from}`,
  );
}

for (const name of (await readdir(values.folder)).filter((one) => one.endsWith(".tgz"))) {
  const tarball = join(values.folder, name);
  const { code, stdout } = await run("tar", ["-xOzf", tarball, "package/package.json"]);
  if (code !== 0) throw new Error(`${name} holds no package.json`);
  const own = JSON.parse(stdout) as { readonly name: string; readonly version: string };
  const id = `${own.name}@${own.version}`;
  if (await isThere(id)) {
    process.stdout.write(`${id} is there\n`);
    continue;
  }
  if (own.version === "0.0.0" && values.registry === undefined) {
    throw new Error(`${id} has no version yet: pnpm changeset version`);
  }
  const verb = values.stage ? ["stage", "publish"] : ["publish"];
  const dry = values["dry-run"] ? ["--dry-run"] : [];
  await npm(...verb, tarball, "--access=public", ...dry);
  process.stdout.write(`${id} published\n`);
}

/** Whether the registry has this version. Any other failure than its absence is thrown. */
async function isThere(id: string): Promise<boolean> {
  // As JSON npm names the error on stdout also when it is told to be silent.
  const ask = ["view", id, "version", "--json", ...registry];
  const { code, stdout, stderr } = await run("npm", ask);
  if (code === 0) return stdout.trim() !== "";
  if (/\bE404\b/u.test(stdout + stderr)) return false;
  throw new Error(stderr || stdout);
}
