import { expect, test } from "vitest";
import { readScans } from "../src/find/read-scans.ts";
import { hubsFor } from "./hub-client.ts";
import { serve, type TestServer } from "./serve.ts";

const REPO = { repoId: "acme/large", commit: "a".repeat(40) };
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `f${at}.bin`);

interface ScanningHub {
  /** By path; others are safe. */
  readonly statuses?: Readonly<Record<string, unknown>>;
  /** `securityRepoStatus` of the model info. */
  readonly summary?: unknown;
  /** 401 to paths-info, as for a gated repo without access. */
  readonly gated?: boolean;
}

/** A Hub that knows only scans: paths-info and the summary of the model info. */
function scanningHub({ statuses = {}, summary, gated }: ScanningHub): Promise<TestServer> {
  return serve((request, response) => {
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    if (request.url?.includes("securityStatus=true")) {
      answer(200, { id: REPO.repoId, securityRepoStatus: summary });
      return;
    }
    if (gated) {
      response.setHeader("x-error-code", "GatedRepo");
      answer(401, { error: "Access to model acme/large is restricted." });
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { paths } = JSON.parse(Buffer.concat(chunks).toString()) as { paths: string[] };
      const securityFileStatus = (path: string): unknown => statuses[path] ?? { status: "safe" };
      const items = paths.map((path) => ({
        type: "file",
        path,
        securityFileStatus: securityFileStatus(path),
      }));
      answer(200, items);
    });
  });
}

test("every file is asked about, in batches", async () => {
  const statuses = { "f3.bin": { status: "caution" }, "f1203.bin": { status: "unsafe" } };
  const hub = await scanningHub({ statuses, summary: { scansDone: false, filesWithIssues: [] } });
  const scans = await readScans(hubsFor([hub.url]).hubs, REPO, names(1204));
  expect(scans.statuses.size).toBe(1204);
  expect(scans.statuses.get("f3.bin")).toBe("caution");
  expect(scans.statuses.get("f1203.bin")).toBe("unsafe");
  // The summary, which leaves it open, and three batches.
  expect(scans.requests).toBe(4);
  expect(hub.requests).toHaveLength(4);
});

test("a summary of a repo whose scans are done spares the batches", async () => {
  const filesWithIssues = [{ path: "f900.bin", level: "suspicious" }, { path: "f901.bin" }];
  const hub = await scanningHub({ summary: { scansDone: true, filesWithIssues } });
  const { statuses, requests } = await readScans(hubsFor([hub.url]).hubs, REPO, names(2000));
  expect(requests).toBe(1);
  expect(statuses.get("f900.bin")).toBe("suspicious");
  expect(statuses.get("f901.bin")).toBe("caution");
  expect(statuses.get("f902.bin")).toBe("safe");
});

test("a repo of one batch needs no summary", async () => {
  const hub = await scanningHub({ summary: { scansDone: true, filesWithIssues: [] } });
  const { requests } = await readScans(hubsFor([hub.url]).hubs, REPO, names(500));
  expect(requests).toBe(1);
  expect(hub.requests[0]?.path).toContain("/paths-info/");
});

test("the summary answers for a gated repo, which lets nobody at paths-info", async () => {
  const filesWithIssues = [{ path: "f1.bin", level: "unsafe" }];
  const hub = await scanningHub({ gated: true, summary: { scansDone: false, filesWithIssues } });
  const { statuses, requests } = await readScans(hubsFor([hub.url]).hubs, REPO, names(3));
  expect([...statuses]).toEqual([["f1.bin", "unsafe"]]);
  expect(requests).toBe(2);
});

test("a scanner that has found something counts while the others still work", async () => {
  const statuses = {
    "f0.bin": { status: "queued", avScan: { status: "safe" }, jFrogScan: { status: "unsafe" } },
    "f1.bin": { status: "unscanned", protectAiScan: { status: "unscanned" } },
    "f2.bin": { status: "safe", virusTotalScan: { status: "suspicious" } },
    "f3.bin": null,
  };
  const hub = await scanningHub({ statuses });
  const { statuses: found } = await readScans(hubsFor([hub.url]).hubs, REPO, names(4));
  expect(found.get("f0.bin")).toBe("unsafe");
  expect(found.get("f1.bin")).toBe("unscanned");
  expect(found.get("f2.bin")).toBe("safe");
  expect(found.get("f3.bin")).toBe("safe");
});

test("a server without scans leaves every file without a result", async () => {
  const hub = await serve((_, response) => {
    response.writeHead(404).end();
  });
  const { statuses } = await readScans(hubsFor([hub.url]).hubs, REPO, names(2));
  expect(statuses.size).toBe(0);
});
