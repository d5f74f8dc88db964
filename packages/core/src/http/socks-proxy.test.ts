import { type AddressInfo, connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serve } from "../../test/serve.ts";
import { createTransport } from "./create-transport.ts";

/** A SOCKS5 proxy (RFC 1928, no authentication) that leads every name to `port` of this machine. */
async function socksProxy(port: number): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (request) => {
        asked.push(request.subarray(5, 5 + (request[4] ?? 0)).toString());
        const onward = connect(port, "127.0.0.1", () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          onward.pipe(socket).pipe(onward);
        });
        onward.on("error", () => socket.destroy());
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test.each(["socks5", "socks"])("a %s proxy is spoken to without TLS", async (scheme) => {
  const hub = await serve((request, response) => void response.end(`by name ${request.url}`));
  const proxy = await socksProxy(Number(new URL(hub.url).port));
  const transport = createTransport({ env: { ALL_PROXY: `${scheme}://${proxy.address}` } });
  onTestFinished(() => transport.close());
  const response = await transport.request(new URL("http://hub.test/x"));
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("by name /x");
  expect(proxy.asked).toEqual(["hub.test"]);
});
