import { join } from "node:path";
import { expect, test } from "vitest";
import { childEnvironment } from "./child-environment.ts";
import { pythonCandidates } from "./find-python.ts";
import { createSecretMask } from "./mask-secrets.ts";
import { installCommand, isSupportedHub } from "./remedy.ts";

const info = {
  python: "3.12.1",
  executable: "/usr/bin/python3",
  pid: 1,
  huggingfaceHub: undefined,
  hfXet: undefined,
  mlxLm: undefined,
  venv: false,
  externallyManaged: false,
};

test("the command is pip's for this very Python, in a new environment where the system's must stay as it is", () => {
  const pip = '/usr/bin/python3 -m pip install --upgrade "huggingface_hub>=0.34"';
  expect(installCommand(info, {})).toBe(pip);
  expect(installCommand({ ...info, externallyManaged: true, venv: true }, {})).toBe(pip);
  expect(installCommand({ ...info, externallyManaged: true }, {})).toMatch(
    /^\/usr\/bin\/python3 -m venv \S+ && \S+ -m pip install .* && export PYTHON_PATH=/,
  );
  expect(installCommand({ ...info, executable: "/my env/python" }, {})).toContain(
    '"/my env/python" -m pip',
  );
});

test.each([
  ["0.33.5", false],
  ["0.34.0", true],
  ["1.0.0rc1", true],
  ["2.4.0", true],
  ["0.9", false],
])("huggingface_hub %s is supported: %s", (version, supported) => {
  expect(isSupportedHub(version)).toBe(supported);
});

test("Pythons are tried in order, and a chosen one alone", () => {
  const commands = (env: NodeJS.ProcessEnv, options = {}): string[] =>
    pythonCandidates(env, { platform: "linux", ...options }).map((one) => one.command);
  expect(commands({})).toEqual(["python3", "python"]);
  expect(commands({ VIRTUAL_ENV: "/v", CONDA_PREFIX: "/c" })).toEqual([
    join("/v", "bin", "python"),
    join("/c", "bin", "python"),
    "python3",
    "python",
  ]);
  expect(commands({ PYTHON_PATH: "/p", VIRTUAL_ENV: "/v" })).toEqual(["/p"]);
  expect(commands({ PYTHON_PATH: "/p" }, { python: "/o" })).toEqual(["/o"]);
  expect(commands({ PYTHON_PATH: " " }, { platform: "win32" })).toEqual([
    "python3",
    "python",
    "py",
  ]);
});

test("the process's environment has Python's variables, and no token", () => {
  const env = {
    HF_TOKEN: "hf_x",
    HUGGING_FACE_HUB_TOKEN: "hf_y",
    HF_HUB_OFFLINE: "1",
    HTTPS_PROXY: "http://p",
    PYTHONPATH: "/q",
  };
  const own = childEnvironment(env);
  expect(own).toMatchObject({
    HTTPS_PROXY: "http://p",
    PYTHONPATH: "/q",
    HF_HUB_DISABLE_PROGRESS_BARS: "1",
  });
  expect(Object.keys(own).join()).not.toMatch(/TOKEN|OFFLINE/);
});

test("a secret is masked wherever it stands, and one like it is too", () => {
  const mask = createSecretMask();
  mask.add("marker-1");
  expect(
    mask.value({ a: ["x marker-1 y", 3, null], b: { c: "Bearer abc", d: "hf_abcdefghi" } }),
  ).toEqual({
    a: ["x <secret> y", 3, null],
    b: { c: "<secret>", d: "<secret>" },
  });
});
