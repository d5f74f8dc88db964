import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { startNginx } from "./nginx.ts";
import type { Road, ServerMessage, ServerRequest } from "./protocol.ts";

/** Everything that answers during a benchmark. */
export interface Servers {
  /** The Hub's URL by road; undefined where that road cannot be served. */
  readonly hubs: Readonly<Record<Road, string | undefined>>;
  /** PEM of the certificate that clients must trust on the road `tls`. */
  readonly certificatePath: string | undefined;
  /** What serves the bytes on the roads `plain` and `tls`. */
  readonly bytesFrom: string;
  /** All bytes that all of them have sent to clients so far, heads included, TLS framing not. */
  bytesSent(): Promise<number>;
  close(): Promise<void>;
}

/** Starts nginx, where there is one, and the process of the Hubs, over `root`; their own files go to `folder`. */
export async function startServers(
  root: string,
  folder: string,
  paces: ServerRequest["paces"],
): Promise<Servers> {
  const certificate = makeCertificate(folder);
  const nginx = await startNginx(root, join(folder, "nginx"), certificate);
  const self = new URL(import.meta.url);
  const child = fork(new URL("server-process.ts", self), {
    execArgv: ["--conditions=@mlx-download/source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ask = (message: ServerRequest | "sent"): Promise<ServerMessage> => {
    const answer = nextMessage(child);
    child.send(message);
    return answer;
  };
  const close = async (): Promise<void> => {
    if (child.connected) {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    }
    await nginx?.close();
  };
  try {
    const ready = await ask({ root, certificate, nginx, paces });
    if (ready.type !== "ready") throw new Error("the server process did not start");
    return {
      hubs: ready.hubs,
      certificatePath: certificate?.cert,
      bytesFrom: nginx?.version ?? "the embedded Hub itself (nginx is not installed)",
      async bytesSent() {
        const answer = await ask("sent");
        return (answer.type === "sent" ? answer.bytes : 0) + (nginx?.bytesSent() ?? 0);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function nextMessage(child: ChildProcess): Promise<ServerMessage> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error("the server process ended"));
    child.once("exit", fail);
    child.once("message", (message) => {
      child.off("exit", fail);
      resolve(message as ServerMessage);
    });
  });
}
