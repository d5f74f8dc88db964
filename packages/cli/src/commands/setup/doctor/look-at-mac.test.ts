import { expect, test } from "vitest";
import { type AskSystem, lookAtMac } from "./look-at-mac.ts";

const circumstances = { env: { HF_HOME: "/models" }, flags: { offline: false } } as const;

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
  expect(await lookAtMac(circumstances, mac({ scutil: PROXY }))).toMatchObject([
    {
      name: "proxy",
      status: "warn",
      hint: "export HTTPS_PROXY=http://proxy.example:3128 uses it.",
    },
  ]);
  const env = { ...circumstances.env, HTTPS_PROXY: "http://other:1" };
  expect(await lookAtMac({ ...circumstances, env }, mac({ scutil: PROXY }))).toEqual([]);
  const pac = PROXY.replace("HTTPSEnable : 1", "ProxyAutoConfigEnable : 1");
  expect(await lookAtMac(circumstances, mac({ scutil: pac }))).toMatchObject([
    { status: "warn", detail: expect.stringContaining("PAC file") },
  ]);
  const off = PROXY.replace("HTTPSEnable : 1", "HTTPSEnable : 0");
  expect(await lookAtMac(circumstances, mac({ scutil: off }))).toEqual([]);
});

test("programs that are not there have nothing to say", async () => {
  expect(await lookAtMac(circumstances, mac({}))).toEqual([]);
});
