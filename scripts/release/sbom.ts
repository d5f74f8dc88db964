import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ForeignPackage } from "../third-party-notices.ts";

/**
 * A CycloneDX 1.6 bill of materials of the bundled command: the packages inside, with their licence and the checksum of
 * the lock file. No time and no serial number, so that the same release gives the same bytes.
 */
export async function sbomText(
  root: string,
  { version, inside }: { readonly version: string; readonly inside: readonly ForeignPackage[] },
): Promise<string> {
  const integrity = readIntegrity(await readFile(join(root, "pnpm-lock.yaml"), "utf8"));
  const command = purl("mlx-download", version);
  const components = inside.map((one) => {
    const sri = integrity.get(`${one.name}@${one.version}`);
    if (sri === undefined) throw new Error(`the lock file has no ${one.name}@${one.version}`);
    return {
      type: "library",
      "bom-ref": purl(one.name, one.version),
      name: one.name,
      version: one.version,
      purl: purl(one.name, one.version),
      licenses: [{ license: { id: one.license } }],
      hashes: [
        {
          alg: "SHA-512",
          content: Buffer.from(sri.slice("sha512-".length), "base64").toString("hex"),
        },
      ],
    };
  });
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": command,
        name: "mlx-download",
        version,
        purl: command,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components,
    dependencies: [{ ref: command, dependsOn: components.map((one) => one["bom-ref"]) }],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

/** `name@version` to the checksum of its tarball, as pnpm notes it. */
function readIntegrity(lock: string): ReadonlyMap<string, string> {
  const entry =
    /^ {2}'?(?<id>(?:@[^/'\s]+\/)?[^@'\s]+@[^:'(\s]+)'?:\n {4}resolution: \{integrity: (?<sri>sha512-[^,}]+)/gmu;
  return new Map(
    [...lock.matchAll(entry)].map(({ groups = {} }) => [groups["id"] ?? "", groups["sri"] ?? ""]),
  );
}

/** github.com/package-url/purl-spec: the `@` of a scope is percent-encoded. */
function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/u, "%40")}@${version}`;
}
