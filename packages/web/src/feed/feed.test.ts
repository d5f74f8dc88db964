import { expect, test } from "vitest";
import { createFeed } from "./feed.ts";

test("a reader that was away gets what it missed, the last value of each thing alone", () => {
  const feed = createFeed();
  feed.set("order", ["a"]);
  const first = feed.since(undefined);
  expect(first).toMatchObject({ kind: "snapshot", values: { order: ["a"] } });
  expect(feed.since(first?.id)).toBeUndefined();
  feed.set("order", ["a", "b"]);
  feed.set("order", ["b"]);
  feed.remove("removal/x");
  expect(feed.since(first?.id)).toMatchObject({ kind: "change", values: { order: ["b"] } });
});

test("what was removed is told as null, and a snapshot does not name it", () => {
  const feed = createFeed();
  const pending = {
    id: "x",
    title: "",
    repoIds: [],
    bytes: 0,
    dueAt: 0,
    state: "pending",
    error: null,
  } as const;
  feed.set("removal/x", pending);
  const id = feed.since(undefined)?.id;
  feed.remove("removal/x");
  expect(feed.since(id)?.values).toEqual({ "removal/x": null });
  expect(feed.since(undefined)?.values).toEqual({});
});

test("an id of another boot, of the future or of nonsense means everything", () => {
  const feed = createFeed();
  feed.set("order", []);
  for (const id of [createFeed().since("")?.id, "0123456789ab-5", "x", "-", "a-b"]) {
    expect(feed.since(id)?.kind).toBe("snapshot");
  }
});

test("who waits is woken by a change, and by the end", async () => {
  const feed = createFeed();
  feed.set("order", []);
  const id = feed.since(undefined)?.id ?? "";
  const end = new AbortController();
  const woken = feed.next(id, end.signal);
  feed.set("order", ["a"]);
  await woken;
  const ended = feed.next(feed.since(id)?.id ?? "", end.signal);
  end.abort();
  await expect(ended).resolves.toBeUndefined();
});
