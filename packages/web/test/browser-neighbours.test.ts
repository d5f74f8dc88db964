import { AxeBuilder } from "@axe-core/playwright";
import { tempDir } from "@mlx-download/test-utils";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { NeighbourNetwork, SharingState } from "../src/contract-neighbours.ts";
import { type RunningWeb, startWeb } from "../src/serve/start-web.ts";
import type { WebSharing } from "../src/web.ts";
import { chromiumPath } from "./chromium-path.ts";

const wifi: NeighbourNetwork = {
  id: "0123456789ab",
  interface: "en0",
  subnet: "192.168.1.0/24",
  address: "192.168.1.20",
  allowed: null,
  metered: false,
  virtual: false,
  url: null,
};

/** A machine on one network, with a neighbour whose name is hostile. What it is told is kept. */
function machine(): { readonly sharing: WebSharing; readonly told: unknown[] } {
  const told: unknown[] = [];
  let state: SharingState = {
    on: false,
    process: null,
    networks: [wifi, { ...wifi, id: null, interface: "en7", subnet: "10.0.0.0/8" }],
    shared: [],
    served: [{ address: "192.168.1.31", bytes: 1_200_000_000 }],
    neighbours: [{ name: "<img src=x onerror=alert(1)>", url: "http://192.168.1.31:8091" }],
  };
  const sharing: WebSharing = {
    read: async () => state,
    async turn(on) {
      told.push(on);
      const repos = [{ repoId: "mlx-community/tiny", blobs: 2, bytes: 4_000_000_000 }];
      const process = { pid: 4711, startedAt: "2026-11-30T00:00:00.000Z" };
      state = { ...state, on, process: on ? process : null, shared: on ? repos : [] };
    },
    async decide(id, allowed) {
      told.push([id, allowed]);
      const networks = state.networks.map((one) => (one.id === id ? { ...one, allowed } : one));
      state = { ...state, networks };
    },
  };
  return { sharing, told };
}

/** The page's server beside no Hub, with this sharing. */
async function openWeb(sharing: WebSharing): Promise<RunningWeb> {
  const home = await tempDir();
  const web = await startWeb({
    stateDir: `${home}/state`,
    version: "0",
    port: 0,
    hub: { cacheDir: `${home}/hub`, endpoint: "http://127.0.0.1:9", offline: true, env: {} },
    search: () => Promise.reject(new Error("nothing is searched here")),
    settings: async () => [],
    doctor: async () => [],
    sharing,
  });
  onTestFinished(() => web.close());
  return web;
}

test.skipIf(chromiumPath === undefined)(
  "the page says who is there and what went between, and turns sharing and networks on and off",
  { timeout: 60_000 },
  async () => {
    const { sharing, told } = machine();
    const web = await openWeb(sharing);
    const browser = await chromium.launch({
      executablePath: chromiumPath ?? "",
      args: ["--no-sandbox"],
    });
    onTestFinished(() => browser.close());
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await (
        await browser.newContext({ colorScheme, viewport: { width: 320, height: 700 } })
      ).newPage();
      await page.goto(web.urlWithToken);
      await page.goto(`${web.url}#/neighbours`);
      await page.waitForSelector("text=<img src=x");
      await page.waitForSelector("text=1.20 GB");
      await page.click('[aria-label="Allow 192.168.1.0/24 on en0"]');
      await page.waitForSelector('[aria-label="Forget 192.168.1.0/24 on en0"]');
      expect(await page.locator('[aria-label$="on en7"]').count()).toBe(0);
      await page.click("text=Share public models");
      await page.waitForSelector("text=1 model, 4.00 GB");
      const width = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth");
      expect(width).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      await page.click("text=Stop sharing");
      await page.waitForSelector("text=Share public models");
      await page.click('[aria-label="Forget 192.168.1.0/24 on en0"]');
      await page.waitForSelector('[aria-label="Allow 192.168.1.0/24 on en0"]');
    }
    const round = [["0123456789ab", true], true, false, ["0123456789ab", false]];
    expect(told).toEqual([...round, ...round]);
  },
);

test("what is no network or no switch is refused, and changes nothing", async () => {
  const { sharing, told } = machine();
  const web = await openWeb(sharing);
  const token = new URL(web.urlWithToken).hash.slice("#token=".length);
  const post = async (path: string, body: string): Promise<number> => {
    const answer = await fetch(`${web.url}api/neighbours/${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body,
    });
    return answer.status;
  };
  expect(await post("share", '{"on": "yes"}')).toBe(400);
  expect(await post("share", "[]")).toBe(400);
  expect(await post("network", '{"allowed": true}')).toBe(400);
  expect(await post("network", '{"id": "x", "allowed": 1}')).toBe(400);
  expect(told).toEqual([]);
});
