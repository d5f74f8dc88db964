import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonOf, versionsStage } from "./versions-stage.ts";

test.skipIf(process.platform !== "linux")(
  "a server is installed as a file that can be read and that runs the same, and is taken back",
  async () => {
    const stage = await versionsStage(["org/a"]);
    const { run, env } = stage;
    const folder = join(env["HOME"] ?? "", ".config/systemd/user");
    const install = ["serve", "--pull-through", "--port", "0", "--max-size", "5GB", "--install"];
    const dry = await run([...install, "--dry-run"]);
    expect(dry.stdout).toContain("--pull-through --port 0 --max-size 5000000000 --cache-dir /");
    await expect(readdir(folder)).rejects.toThrow();
    expect((await run(["serve", "--install", "--host", "0.0.0.0"])).code).toBe(2);
    expect((await run(["serve", "--install", "--token", "hf_x"])).code).toBe(2);
    expect((await run(["serve", "--dry-run"])).code).toBe(2);
    env["MLX_DOWNLOAD_ACCESS_TOKEN"] = "a-secret-of-this-house";
    expect((await run(["serve", "--install"])).code).toBe(2);
    const args = [...install, "--access-token", "access"];
    const made = await jsonOf<{ path: string }>(stage, "service", args);
    const text = await readFile(made.path, "utf8");
    expect(text).toMatch(/--access-token \/\S+\/access /);
    expect(text).not.toContain("a-secret-of-this-house");
    // systemctl may have linked it from default.target.wants, too.
    const units = async (): Promise<readonly string[]> =>
      (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".service"));
    expect(await units()).toContain("mlx-download-serve.service");
    const gone = await jsonOf(stage, "service", ["serve", "--uninstall"]);
    expect(gone).toMatchObject({ installed: false, active: false });
    expect(await units()).toEqual([]);
  },
);
