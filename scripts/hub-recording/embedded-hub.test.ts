import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestHub } from "@mlx-download/hub-server/testing";
import { askHub } from "./ask-hub.ts";
import { differences } from "./compare.ts";
import { QUESTIONS } from "./questions.ts";
import { readRecording } from "./recording.ts";
import { startStandInHub } from "./stand-in-hub.ts";

const folder = new URL("recordings/", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".json"));

let hub: TestHub;
beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.close());

describe.each(files)("the embedded Hub answers as in %s", async (file) => {
  const { answers } = await readRecording(new URL(file, folder).pathname);

  test.each(answers)("$question", async (recorded) => {
    const question = QUESTIONS.find(({ id }) => id === recorded.question);
    expect(question).toBeDefined();
    if (!question) return;
    const options = { endpoint: hub.url, token: "hf_own", source: "embedded", today: "2026-01-01" };
    expect(differences(recorded, await askHub(question, options))).toEqual([]);
  });
});
