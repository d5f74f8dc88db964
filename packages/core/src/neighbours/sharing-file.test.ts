import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { changeSharing, readSharing, sharingPath } from "./sharing-file.ts";

const network = {
  id: "0123456789ab",
  interface: "en0",
  subnet: "192.168.1.0/24",
  allowed: true,
  decidedAt: "2026-11-30T00:00:00.000Z",
};

test("the choice is off before it is made, and lies beside the configuration", async () => {
  const home = await tempDir();
  const env = { HOME: home };
  expect(await readSharing(env)).toEqual({ on: false, networks: [] });
  await changeSharing(env, (before) => ({ ...before, on: true, networks: [network] }));
  expect(await readSharing(env)).toEqual({ on: true, networks: [network] });
  const path = join(home, ".config", "mlx-download", "sharing.json");
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ schema: 1, on: true });
  const config = join(home, "elsewhere", "config.json");
  expect(sharingPath({ HOME: home, MLX_DOWNLOAD_CONFIG: config })).toBe(
    join(home, "elsewhere", "sharing.json"),
  );
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"on": "yes", "networks": 7}',
  '{"networks": [{"id": 7}, null]}',
])("a file that says %j shares nothing", async (text) => {
  const env = { HOME: await tempDir() };
  const path = sharingPath(env) ?? "";
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  expect(await readSharing(env)).toEqual({ on: false, networks: [] });
});
