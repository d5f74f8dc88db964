import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { command } from "../checks/packages.ts";
import { hubEnvironment } from "../hub-environment.ts";
import { startLoopbackRegistry } from "./loopback-registry.ts";
import { packRelease } from "./pack.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Publishes every package, and packs two clean clones. Minutes. */
const { version } = JSON.parse(
  await readFile(join(root, "packages", command.folder, "package.json"), "utf8"),
) as { readonly version: string };
const whole = process.env["MLX_DOWNLOAD_RELEASE"] === "1";

/**
 * A person's environment. The npm that runs these tests passes its own settings on, the user's `.npmrc` among them, where they
 * would stand above the settings of the test.
 */
const env: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$)/iu.test(name)),
);
env["PATH"] = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;

/** Fails where a file of a release is not what its checksums say. */
async function expectChecksums(folder: string): Promise<void> {
  const sums = (await readFile(join(folder, "SHA256SUMS"), "utf8")).trim().split("\n");
  const files = (await readdir(folder)).filter((name) => name !== "SHA256SUMS").toSorted();
  expect(sums.map((line) => line.slice(66))).toEqual(files);
  for (const line of sums) {
    const digest = createHash("sha256").update(await readFile(join(folder, line.slice(66))));
    expect(line.slice(0, 64)).toBe(digest.digest("hex"));
  }
}

test.skipIf(env["MLX_DOWNLOAD_BUILT"] !== "1" && !whole)(
  "a release is packed, published into a registry, and runs from there by npx with nothing else installed",
  { timeout: 600_000 },
  async () => {
    const registry = await startLoopbackRegistry();
    onTestFinished(() => registry.close());
    const release = await packRelease(root, join(await tempDir(), "release"));
    await expectChecksums(release.folder);
    const bom = JSON.parse(
      await readFile(join(release.folder, `${command.name}-${version}.cdx.json`), "utf8"),
    ) as { readonly components: readonly { readonly name: string; readonly hashes: object[] }[] };
    expect(bom.components.map(({ name }) => name)).toContain("undici");
    expect(bom.components.every(({ hashes }) => hashes.length === 1)).toBe(true);

    const sums = await readFile(join(release.folder, "SHA256SUMS"), "utf8");
    const tarballName = `${command.name}-${version}.tgz`;
    const [digest] =
      sums
        .split("\n")
        .find((line) => line.endsWith(`  ${tarballName}`))
        ?.split(" ") ?? [];
    const formula = await readFile(join(release.folder, `${command.name}.rb`), "utf8");
    expect(formula).toContain(`sha256 "${digest}"`);
    expect(formula).toContain(`/releases/download/v${version}/${tarballName}"`);

    // The command alone in a normal run: npm takes two seconds for each.
    const chosen = whole ? release.folder : await tempDir();
    if (!whole) {
      const tarball = release.tarballs.get(command.name) ?? "";
      await symlink(tarball, join(chosen, "command.tgz"));
    }
    const home = await tempDir();
    const token = `//${new URL(registry.url).host}/:_authToken=none\n`;
    await writeFile(join(home, ".npmrc"), `registry=${registry.url}\n${token}`);
    const clean: NodeJS.ProcessEnv = { ...env, HOME: home, npm_config_cache: join(home, "cache") };
    clean["npm_config_registry"] = registry.url;
    const publish = async (): Promise<string> => {
      const script = join(root, "scripts/release/publish.ts");
      const args = ["--conditions=@mlx-download/source", script, `--folder=${chosen}`];
      const done = await run(process.execPath, [...args, `--registry=${registry.url}`], {
        cwd: root,
        env: clean,
        timeoutMs: 300_000,
      });
      expect(done.code, done.stderr).toBe(0);
      return done.stdout;
    };
    await publish();
    expect(registry.published).toContain(`${command.name}@${version}`);
    expect(registry.published).toHaveLength(whole ? release.tarballs.size : 1);
    // What was interrupted goes on: a version that is there is left alone.
    expect(await publish()).not.toContain("published");

    const hub = await startTestHub();
    onTestFinished(() => hub.close());
    await hub.addRepo("mlx-community/tiny", tinyModelFiles());
    const empty = join(home, "empty");
    await mkdir(empty);
    const before = registry.requests.length;
    const words = ["--yes", command.name, "mlx-community/tiny"];
    const download = await run("npx", words, {
      cwd: empty,
      // A cache of its own: publishing has filled the other one.
      env: {
        ...hubEnvironment(clean, { endpoint: hub.url, home: join(home, "hf") }),
        npm_config_cache: join(home, "cold"),
        npm_config_update_notifier: "false",
      },
    });
    expect(download.code, download.stderr).toBe(0);
    expect(await readdir(download.stdout.trim())).toContain("config.json");
    // One package: its document and its tarball.
    const asked = new Set(registry.requests.slice(before).filter((one) => one.startsWith("GET")));
    expect([...asked]).toEqual([`GET /${command.name}`, `GET /${command.name}/-/${version}.tgz`]);
  },
);

test.skipIf(!whole)(
  "two clean clones of a commit give the same bytes",
  { timeout: 1_800_000 },
  async () => {
    const sums = [];
    // The second one as another person on another machine would have it: another path, umask, time zone and language.
    for (const [name, umask, place] of [
      ["one", "022", { TZ: "UTC", LC_ALL: "C" }],
      ["another folder", "077", { TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8" }],
    ] as const) {
      const clone = join(await tempDir(), name);
      const script =
        'umask "$1" && git clone -q "$2" "$3" && cd "$3" && exec npm run --silent pack';
      const done = await run("sh", ["-c", script, "sh", umask, root, clone], {
        env: { ...env, ...place },
        timeoutMs: 900_000,
      });
      expect(done.code, done.stderr).toBe(0);
      sums.push(await readFile(join(clone, "release/SHA256SUMS"), "utf8"));
    }
    expect(sums[0]?.split("\n")).toContainEqual(
      expect.stringContaining(`${command.name}-${version}.tgz`),
    );
    expect(sums[1]).toBe(sums[0]);
  },
);
