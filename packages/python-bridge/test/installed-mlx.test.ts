import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MLX_LM_TABLE } from "@mlx-download/fit";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { readInstalledMlx } from "../src/index.ts";

const mlx = pythonEnv("mlx");
const bare = pythonEnv("hub-2.4.0");
const PATH = process.env["PATH"];

test.skipIf(!mlx)(
  "of the release that fit knows, the installed one says what fit's table says",
  async () => {
    const { support, python, ...rest } = await readInstalledMlx({
      python: mlx?.python,
      env: { PATH },
    });
    const { quantizationModes, packedExperts, ...known } = support;
    expect(known).toEqual({ ...MLX_LM_TABLE, python });
    expect(quantizationModes).toEqual(["affine", "mxfp4", "nvfp4", "mxfp8"]);
    expect(typeof packedExperts).toBe("boolean");
    expect(rest.deviceError).toBeUndefined();
  },
);

test.skipIf(!mlx || !bare)(
  "the Python of the command mlx_lm.generate is taken before one of the PATH without mlx-lm",
  async () => {
    const folder = await tempDir();
    const script = join(folder, "mlx_lm.generate");
    await writeFile(script, `#!${mlx?.python}\nimport mlx_lm\n`);
    await chmod(script, 0o755);
    const env = { PATH: `${join(String(bare?.python), "..")}:${folder}` };
    expect((await readInstalledMlx({ env })).python).toBe(mlx?.python);
  },
);

test.skipIf(!bare)("a Python without mlx-lm is python/no-mlx-lm, with the command", async () => {
  const asked = readInstalledMlx({ python: bare?.python, env: { PATH: "" } });
  await expect(asked).rejects.toMatchObject({
    code: "python/no-mlx-lm",
    hint: expect.stringMatching(/-m pip install --upgrade "mlx-lm"/),
    data: { missing: "mlx-lm" },
  });
});

test.skipIf(!mlx)(
  "what lies in the working folder is not run in the place of a module",
  async () => {
    const folder = await tempDir();
    await writeFile(join(folder, "json.py"), "raise SystemExit('taken')\n");
    const python = join(folder, "python");
    await writeFile(python, `#!/bin/sh\ncd ${folder} && exec ${mlx?.python} "$@"\n`);
    await chmod(python, 0o755);
    const { deviceError } = await readInstalledMlx({ python, env: { PATH } });
    expect(deviceError).toBeUndefined();
  },
);

test.skipIf(process.platform === "win32")(
  "an abort ends a Python that says nothing, and one that only chatters is left behind",
  async () => {
    const folder = await tempDir();
    const python = join(folder, "python");
    await writeFile(python, "#!/bin/sh\nexec sleep 60\n");
    await chmod(python, 0o755);
    const stop = new AbortController();
    const { signal } = stop;
    const asked = readInstalledMlx({ python, env: { PATH }, signal, startTimeoutMs: 600_000 });
    stop.abort(new Error("no more"));
    await expect(asked).rejects.toThrow("no more");
    await writeFile(python, "#!/bin/sh\nyes garbage\n");
    const program = `
      import { readInstalledMlx } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)};
      console.log((await readInstalledMlx({ python: ${JSON.stringify(python)} }).catch((error) => error)).code);
    `;
    const args = ["--conditions=@mlx-download/source", "--input-type=module", "-e", program];
    const { code, stdout } = await run(process.execPath, args, { timeoutMs: 20_000 });
    expect([code, stdout]).toEqual([0, "python/crashed\n"]);
  },
);

test("an abort before the start starts nothing", async () => {
  const signal = AbortSignal.abort(new Error("no more"));
  await expect(readInstalledMlx({ python: "/no/such", signal })).rejects.toThrow("no more");
});
