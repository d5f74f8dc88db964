import { serve } from "./serve.ts";

type Entries = Record<string, unknown>[];

/**
 * The address of a server in front of a Hub that changes its tree answers, as mirrors and proxies do, and passes on
 * everything else.
 */
export async function proxyTo(
  hubUrl: string,
  change: (entries: Entries, url: URL) => Entries,
): Promise<string> {
  const { url: front } = await serve((request, response) => {
    const address = new URL(`${hubUrl}${request.url}`);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void (async () => {
        const { method = "GET" } = request;
        const answer = await fetch(address, {
          method,
          redirect: "manual",
          ...(method === "POST" && {
            body: Buffer.concat(chunks),
            headers: { "content-type": "application/json" },
          }),
        });
        for (const name of ["content-type", "location", "link", "x-error-code", "x-repo-commit"]) {
          const value = answer.headers.get(name);
          if (value !== null) response.setHeader(name, value);
        }
        const body = Buffer.from(await answer.arrayBuffer());
        const isTree = answer.status === 200 && address.pathname.includes("/tree/");
        const text = (): string =>
          JSON.stringify(change(JSON.parse(body.toString()) as Entries, address));
        response.writeHead(answer.status).end(isTree ? text() : body);
      })();
    });
  });
  return front;
}
