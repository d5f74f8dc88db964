import type { DownloadReview } from "@mlx-download/core";
import { expect, test } from "vitest";
import { reviewLines } from "./review-lines.ts";

const by = { mlxLmVersion: "0.32.2", mlxVersion: "0.32.2", python: null };
const review: DownloadReview = {
  commit: "0".repeat(40),
  fit: {
    contextLength: 8192,
    imageTokens: 0,
    weightsBytes: 4e9,
    kvBytes: 1e9,
    kvPeakBytes: 1e9,
    activationBytes: 1e8,
    attentionBytes: 0,
    overheadBytes: 4e8,
    totalBytes: 5.5e9,
    lowTotalBytes: 5.5e9,
    limitBytes: 11.5e9,
    verdict: "yes",
    maxContextLength: 40_960,
  },
  loads: { verdict: "yes", program: "mlx-lm", programs: [], reasons: [], by },
  security: { verdict: "safe", findings: [] },
  machine: {
    chip: "Apple M4",
    memoryBytes: 2 ** 34,
    wiredLimitBytes: 11.5e9,
    limitSource: "assumed",
    bandwidth: null,
    macOS: null,
    pressure: null,
    availableBytes: null,
    isTarget: true,
    simulated: false,
  },
};

test("a model that fits, loads and is safe gets one calm line", () => {
  expect(reviewLines(review)).toEqual([
    { label: "Fits", text: "yes, 5.50 of 11.5 GB at 8,192 tokens", tone: "label" },
  ]);
});

test("a model that fits only with a shorter context shows the longest one", () => {
  const fit = review.fit && { ...review.fit, verdict: "no" as const, maxContextLength: 4096 };
  expect(reviewLines({ ...review, fit })[0]?.text).toBe(
    "no, 5.50 of 11.5 GB at 8,192 tokens; with room to spare up to 4,096 tokens",
  );
});

test("a model that does not load or is not safe shows the reason, and cannot paint the terminal", () => {
  const lines = reviewLines({
    ...review,
    fit: null,
    loads: {
      verdict: "no",
      program: "mlx-lm",
      programs: [],
      reasons: [
        { code: "unknown-architecture", message: "no module for x\u001b[2J", blocks: true },
      ],
      by,
    },
    security: {
      verdict: "danger",
      findings: [{ code: "executable", severity: "danger", path: "a.exe", message: "a program" }],
    },
  });
  expect(lines.map(({ label, text }) => `${label}: ${text}`)).toEqual([
    "Loads: no: no module for x?[2J",
    "Security: danger: a.exe: a program",
  ]);
});

test("a pair of packages that loads a model but cannot run it is reported", () => {
  const message = "its packed experts are likely to fail";
  const reasons = [{ code: "experts-fail" as const, message, blocks: false }];
  const loads = {
    verdict: "yes" as const,
    program: "mlx-lm" as const,
    programs: [],
    reasons,
    by,
  };
  expect(reviewLines({ ...review, loads })[1]).toMatchObject({
    label: "Loads",
    text: `yes: ${message}`,
  });
});

test("a Linux machine is told that the figures are a Mac's", () => {
  const machine = { ...review.machine, isTarget: false };
  expect(reviewLines({ ...review, machine })[0]?.text).toContain("as for a Mac with this memory");
});
