import { expect, test } from "vitest";
import type { DownloadEventBody } from "../contract/events.ts";
import { idInAddress, tellRename } from "./renamed.ts";

function told(asked: string, now: string | undefined): DownloadEventBody | undefined {
  const events: DownloadEventBody[] = [];
  tellRename(asked, now, (event) => events.push(event));
  return events[0];
}

test.each([
  ["gpt2", "openai-community/gpt2"],
  ["Org/Name", "org/name"],
  ["org/name", "org/name"],
  ["org/name", undefined],
  ["org/name", "\u001b[31m/evil"],
])("%s that is %s is no rename", (asked, now) => {
  expect(told(asked, now)).toBeUndefined();
});

test("a new name of the same owner", () => {
  expect(told("acme/old", "Acme/new")).toMatchObject({
    code: "hub/renamed",
    message: "acme/old is called Acme/new on the Hub now.",
  });
});

test("a new owner is named beside the old one", () => {
  // Recorded in September 2026.
  expect(told("AutoArk-AI/GPA-v1.5-onnx-runtime", "Edge0/GPA-v1.5-onnx-runtime")).toMatchObject({
    code: "hub/renamed",
    message: expect.stringMatching(/Edge0 instead of AutoArk-AI/),
    hint: expect.stringMatching(/^Make sure that you trust Edge0 as you trust AutoArk-AI\./),
  });
});

test.each([
  ["http://hub/api/models/org/name/tree/abc", "org/name"],
  ["http://hub/mirror/api/models/gpt2/revision/main?expand=sha", "gpt2"],
  ["http://hub/api/datasets/org/name/tree/abc/", "org/name"],
  ["http://hub/org/name/resolve/main/x", undefined],
  ["http://hub/api/models/%E0%A4%A/tree/abc", undefined],
])("%s", (address, id) => {
  expect(idInAddress(new URL(address))).toBe(id);
});
