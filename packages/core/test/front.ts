import type { IncomingMessage } from "node:http";
import { serve, type TestServer } from "./serve.ts";

/** An answer of the Hub on its way through a server in front of it. */
export interface PassingAnswer {
  status: number;
  readonly headers: Map<string, string>;
  body: Buffer;
}

/** A server in front of a Hub that changes answers as mirrors and proxies do, and passes on everything else. */
export function serveFront(
  hubUrl: string,
  change: (answer: PassingAnswer, url: URL, request: IncomingMessage) => void,
  /** The address that the Hub is asked for. */
  readdress: (address: string) => string = (address) => address,
): Promise<TestServer> {
  return serve((request, response) => {
    const url = new URL(`${hubUrl}${readdress(request.url ?? "")}`);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void (async () => {
        const answer = await ask(url, request, Buffer.concat(chunks));
        change(answer, url, request);
        for (const [name, value] of answer.headers) response.setHeader(name, value);
        response.setHeader("content-length", answer.body.byteLength);
        response.writeHead(answer.status).end(request.method === "HEAD" ? undefined : answer.body);
      })();
    });
  });
}

async function ask(url: URL, request: IncomingMessage, body: Buffer): Promise<PassingAnswer> {
  const { method = "GET", headers } = request;
  const { range } = headers;
  const answer = await fetch(url, {
    method,
    redirect: "manual",
    headers: {
      ...(range !== undefined && { range }),
      ...(method === "POST" && { "content-type": "application/json" }),
    },
    ...(method === "POST" && { body }),
  });
  const kept = new Map([...answer.headers].filter(([name]) => !DROPPED.has(name)));
  return { status: answer.status, headers: kept, body: Buffer.from(await answer.arrayBuffer()) };
}

const DROPPED: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

type Entries = Record<string, unknown>[];

/** A {@link serveFront} whose tree answers are changed; its address. */
export async function serveTree(
  hubUrl: string,
  change: (entries: Entries, url: URL) => Entries,
): Promise<string> {
  const { url: front } = await serveFront(hubUrl, (answer, url) => {
    if (answer.status !== 200 || !url.pathname.includes("/tree/")) return;
    const entries = JSON.parse(answer.body.toString()) as Entries;
    answer.body = Buffer.from(JSON.stringify(change(entries, url)));
  });
  return front;
}
