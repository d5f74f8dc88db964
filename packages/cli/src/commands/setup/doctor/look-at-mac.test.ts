import { expect, test } from "vitest";
import type { AskSystem } from "../../../shell/ask-system.ts";
import { lookAtMac } from "./look-at-mac.ts";

const env = { HF_HOME: "/models" };
const circumstances = { env, own: env, flags: { offline: false } } as const;

/** A Mac whose programs answer so; macOS's own words, from their manual pages. Not verified on a Mac. */
const mac =
  (answers: Readonly<Record<string, string>>): AskSystem =>
  async (program) =>
    answers[program];

const PROXY = `<dictionary> {
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.example
}
`;

test("a cache that is backed up is a warning with the command that takes it out", async () => {
  const found = await lookAtMac(circumstances, mac({ tmutil: "[Included]  /models/hub\n" }));
  expect(found).toMatchObject([
    { name: "backup", status: "warn", hint: 'tmutil addexclusion "/models/hub" takes it out.' },
  ]);
  const left = await lookAtMac(circumstances, mac({ tmutil: "[Excluded]  /models/hub\n" }));
  expect(left).toMatchObject([{ name: "backup", status: "ok", data: { excluded: true } }]);
});

test("a proxy of the system's settings is told only where no variable names one", async () => {
  const look = (own: NodeJS.ProcessEnv, text = PROXY) =>
    lookAtMac({ ...circumstances, own: { ...env, ...own } }, mac({ scutil: text }));
  expect(await look({})).toMatchObject([
    { name: "proxy", status: "ok", detail: expect.stringContaining("http://proxy.example:3128") },
  ]);
  expect(await look({ HTTPS_PROXY: "http://other:1" })).toEqual([]);
  expect(await look({ MLX_DOWNLOAD_SYSTEM_PROXY: "off" })).toMatchObject([
    { status: "warn", hint: "export HTTPS_PROXY=http://proxy.example:3128 uses it." },
  ]);
  const pac = PROXY.replace("HTTPSEnable : 1", "ProxyAutoConfigEnable : 1");
  expect(await look({}, pac)).toMatchObject([
    { status: "warn", detail: expect.stringContaining("PAC file") },
  ]);
  expect(await look({}, PROXY.replace("HTTPSEnable : 1", "HTTPSEnable : 0"))).toEqual([]);
});

test("programs that are not there have nothing to say", async () => {
  expect(await lookAtMac(circumstances, mac({}))).toEqual([]);
});
