import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import type { QueuedDownload } from "../src/contract.ts";
import { homeEnvironment, startModelHub, startWebProcess, type WebProcess } from "./stage.ts";

/** One reader of the events: the values as they are now. */
async function follow(web: WebProcess): Promise<{
  readonly until: (
    what: (values: Record<string, unknown>) => boolean,
  ) => Promise<Record<string, unknown>>;
}> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(new URL("api/events", web.url), {
    headers: { Authorization: `Bearer ${web.token}` },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  const values: Record<string, unknown> = {};
  const waiting = new Set<() => void>();
  const read = async (): Promise<void> => {
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) Object.assign(values, JSON.parse(data));
      }
      for (const look of waiting) look();
    }
  };
  read().catch(() => undefined);
  return {
    until(what) {
      const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
      const look = (): void => {
        if (!what(values)) return;
        waiting.delete(look);
        resolve(values);
      };
      waiting.add(look);
      look();
      return promise;
    },
  };
}

const post = async (web: WebProcess, path: string, body: object = {}): Promise<unknown> => {
  const response = await fetch(new URL(`api/${path}`, web.url), {
    method: "POST",
    headers: { Authorization: `Bearer ${web.token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const value: unknown = await response.json();
  expect(response.status, JSON.stringify(value)).toBe(200);
  return value;
};
const itemOf = (values: Record<string, unknown>, id: string): QueuedDownload =>
  values[`download/${id}`] as QueuedDownload;

test("a download outlives kill -9, keeps its place and fetches nothing twice but what was in flight", async () => {
  const home = await tempDir();
  const hub = await startModelHub(home);
  onTestFinished(() => hub.close());
  const MB = 1_000_000;
  const size = 24 * MB;
  await hub.addRepo("org/big", { "config.json": "{}", "model.safetensors": { size, seed: 7 } });
  const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 1 * MB });
  const env = homeEnvironment(home, hub.url);

  const first = await startWebProcess(env);
  onTestFinished(() => first.kill());
  const { id } = (await post(first, "downloads", { ref: "org/big" })) as QueuedDownload;
  const [tabOne, tabTwo] = [await follow(first), await follow(first)];
  const moved = (values: Record<string, unknown>): boolean =>
    (itemOf(values, id)?.bytes?.here ?? 0) > 6 * MB;
  await Promise.all([tabOne.until(moved), tabTwo.until(moved)]);
  const before = itemOf(await tabOne.until(moved), id).bytes?.here ?? 0;
  await first.kill();

  const second = await startWebProcess(env);
  onTestFinished(() => second.kill());
  // A page that was left open finds it under the same address, with the same token.
  expect([second.url, second.token]).toEqual([first.url, first.token]);
  slow.remove();
  const values = await (await follow(second)).until((now) => itemOf(now, id)?.state === "done");
  expect(values["order"]).toEqual([id]);
  const fetched = hub.log.of({ target: "cdn" }).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  // What was in flight: sockets and buffers of eight connections, and what the journal had not noted yet.
  expect(fetched).toBeLessThan(size + before);
  expect(await second.stop()).toBe(0);
});

test("paused stays paused over a restart, and goes on from where it was", async () => {
  const home = await tempDir();
  const hub = await startModelHub(home);
  onTestFinished(() => hub.close());
  await hub.addRepo("org/big", {
    "config.json": "{}",
    "model.safetensors": { size: 8_000_000, seed: 7 },
  });
  const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 400_000 });
  const env = homeEnvironment(home, hub.url);
  const first = await startWebProcess(env);
  onTestFinished(() => first.kill());
  const { id } = (await post(first, "downloads", { ref: "org/big" })) as QueuedDownload;
  const other = (await post(first, "downloads", {
    ref: "mlx-community/tiny-llama-4bit",
  })) as QueuedDownload;
  await (await follow(first)).until((values) => (itemOf(values, id)?.bytes?.here ?? 0) > 1_000_000);
  await post(first, `downloads/${id}/pause`);
  await post(first, `downloads/${other.id}/move`, { place: 0 });
  await post(first, "downloads/limits", { atOnce: 1, slow: true });
  expect(await first.stop()).toBe(0);

  const second = await startWebProcess(env);
  onTestFinished(() => second.kill());
  const tab = await follow(second);
  const values = await tab.until((now) => "order" in now);
  expect(values).toMatchObject({ order: [other.id, id], limits: { atOnce: 1, slowNow: true } });
  expect(itemOf(values, id)).toMatchObject({ state: "paused" });
  expect(itemOf(values, id).bytes?.here).toBeGreaterThan(1_000_000);
  slow.remove();
  await post(second, "downloads/limits", { slow: false });
  await post(second, `downloads/${id}/resume`);
  await tab.until((now) => itemOf(now, id)?.state === "done");
  expect(await second.stop()).toBe(0);
});

test("with fewer at once the last ones wait again, and go on when their turn comes", async () => {
  const home = await tempDir();
  const hub = await startModelHub(home);
  onTestFinished(() => hub.close());
  for (const name of ["org/one", "org/two"]) {
    await hub.addRepo(name, {
      "config.json": "{}",
      "model.safetensors": { size: 6_000_000, seed: name.length },
    });
  }
  const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 200_000 });
  const web = await startWebProcess(homeEnvironment(home, hub.url));
  onTestFinished(() => web.kill());
  const tab = await follow(web);
  const one = (await post(web, "downloads", { ref: "org/one" })) as QueuedDownload;
  const two = (await post(web, "downloads", { ref: "org/two" })) as QueuedDownload;
  await tab.until((values) => (itemOf(values, two.id)?.bytes?.here ?? 0) > 200_000);
  await post(web, "downloads/limits", { atOnce: 1 });
  const values = await tab.until((now) => itemOf(now, two.id)?.state === "waiting");
  expect(itemOf(values, one.id).state).toBe("running");
  slow.remove();
  const ended = await tab.until((now) => itemOf(now, two.id)?.state === "done");
  expect(itemOf(ended, one.id).state).toBe("done");
  expect(await web.stop()).toBe(0);
});

test("cancel deletes what came, and a removal can be taken back", async () => {
  const home = await tempDir();
  const hub = await startModelHub(home);
  onTestFinished(() => hub.close());
  await hub.addRepo("org/big", {
    "config.json": "{}",
    "model.safetensors": { size: 8_000_000, seed: 7 },
  });
  const slow = hub.faults.add({
    on: "cdn",
    kind: "slow",
    bytesPerSecond: 200_000,
    repoId: "org/big",
  });
  const web = await startWebProcess(homeEnvironment(home, hub.url));
  onTestFinished(() => web.kill());
  const tab = await follow(web);
  const library = async (): Promise<readonly string[]> => {
    const response = await fetch(new URL("api/library", web.url), {
      headers: { Authorization: `Bearer ${web.token}` },
    });
    const { repos } = (await response.json()) as { repos: { repoId: string }[] };
    return repos.map(({ repoId }) => repoId);
  };
  const { id } = (await post(web, "downloads", { ref: "org/big" })) as QueuedDownload;
  await tab.until((values) => (itemOf(values, id)?.bytes?.here ?? 0) > 500_000);
  expect(await library()).toEqual(["org/big"]);
  await post(web, `downloads/${id}/cancel`, { what: "delete" });
  expect(await library()).toEqual([]);
  slow.remove();
  const tiny = (await post(web, "downloads", {
    ref: "mlx-community/tiny-llama-4bit",
  })) as QueuedDownload;
  await tab.until((values) => itemOf(values, tiny.id)?.state === "done");
  const wish = { repoIds: ["mlx-community/tiny-llama-4bit"] };
  expect(await post(web, "library/preview", wish)).toMatchObject({
    repos: [{ repoId: wish.repoIds[0] }],
  });
  const removal = (await post(web, "library/remove", wish)) as { id: string };
  expect(await post(web, "library/undo", { id: removal.id })).toEqual({ undone: true });
  await post(web, "library/verify", { repoId: wish.repoIds[0] });
  const verified = await tab.until(
    (values) =>
      (values[`verify/${wish.repoIds[0]}`] as { state?: string } | undefined)?.state === "done",
  );
  expect(verified[`verify/${wish.repoIds[0]}`]).toMatchObject({ bad: [], missing: 0 });
  expect(await library()).toEqual(wish.repoIds);
  expect(await web.stop()).toBe(0);
});
