import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { tempDir } from "@mlx-download/test-utils";
import { expect, it, onTestFinished } from "vitest";
import { serveMirror } from "../src/index.ts";

/** A connection that sends a byte now and then and never ends its head. Resolves when the mirror closes it. */
async function dawdle(port: number): Promise<{ readonly ended: Promise<unknown> }> {
  const socket: Socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: mirror\r\nX: ");
  const sending = setInterval(() => socket.write("a"), 200);
  const ended = once(socket.resume(), "close").finally(() => clearInterval(sending));
  onTestFinished(() => void socket.destroy());
  return { ended };
}

it(
  "cuts those who never end their request, and answers others meanwhile",
  { timeout: 60_000 },
  async () => {
    const mirror = await serveMirror({ cacheDir: await tempDir(), headMs: 1000 });
    onTestFinished(() => mirror.close({ graceMs: 0 }));
    const slow = await Promise.all(Array.from({ length: 200 }, () => dawdle(mirror.port)));
    for (let request = 0; request < 20; request += 1) {
      expect((await fetch(`${mirror.url}/healthz`)).status).toBe(200);
    }
    await Promise.all(slow.map(({ ended }) => ended));
    expect((await fetch(`${mirror.url}/healthz`)).status).toBe(200);
  },
);
