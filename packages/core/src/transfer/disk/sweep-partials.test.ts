import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { sweepPartials } from "./sweep-partials.ts";

const HOUR_S = 3600;
const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];

/** The files left of those with the given age in seconds, in a repo where blob `c` is published. */
async function left(ages: Readonly<Record<string, number>>): Promise<string[]> {
  const repo = await tempDir();
  const folder = join(repo, ".partial");
  await writeTree(repo, { [`blobs/${c}`]: "" });
  await writeTree(folder, Object.fromEntries(Object.keys(ages).map((name) => [name, "x"])));
  for (const [name, age] of Object.entries(ages)) {
    const at = Date.now() / 1000 - age;
    await utimes(join(folder, name), at, at);
  }
  await sweepPartials(folder);
  return (await readdir(folder)).toSorted();
}

test("a partial that can be gone on with stays, however old", async () => {
  const names = { [`${a}.data`]: 1e7, [`${a}.journal`]: 1e7 };
  expect(await left(names)).toEqual(Object.keys(names));
});

test("halves of a pair go after a day, not before", async () => {
  const young = { [`${a}.data`]: 23 * HOUR_S, [`${b}.journal`]: 23 * HOUR_S };
  expect(await left(young)).toEqual(Object.keys(young));
  expect(await left({ [`${a}.data`]: 25 * HOUR_S, [`${b}.journal`]: 25 * HOUR_S })).toEqual([]);
});

test("a separate or published partial is removed after an hour without a touch of its journal", async () => {
  const dead = {
    [`${a}.data.01234567`]: 2 * HOUR_S,
    [`${a}.journal.01234567`]: 2 * HOUR_S,
    [`${c}.data`]: 2 * HOUR_S,
    [`${c}.journal`]: 2 * HOUR_S,
  };
  expect(await left(dead)).toEqual([]);
  const alive = { ...dead, [`${a}.journal.01234567`]: 5, [`${c}.journal`]: 5 };
  expect(await left(alive)).toEqual(Object.keys(alive).toSorted());
});

test("names of others are not ours to remove", async () => {
  const names = { "notes.txt": 1e7, [`${a}.data.rejected`]: 1e7, [`${a}.incomplete`]: 1e7 };
  expect(await left(names)).toEqual(Object.keys(names).toSorted());
});

test("no folder is nothing to do", async () => {
  await expect(sweepPartials(join(await tempDir(), "none"))).resolves.toBeUndefined();
});
