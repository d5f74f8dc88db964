import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from "node:net";
import type { SecureContext } from "node:tls";

/** How a connection is made. */
export interface ConnectOptions {
  /** Certificates beyond Node's own. See `TrustStore`. */
  readonly secureContext: SecureContext | undefined;
  readonly onread: OnReadOpts;
  readonly signal: AbortSignal | undefined;
}

const CONNECT_TIMEOUT_MS = 10_000;
// Node's 250 ms gives up on the first address of distant hosts. Both families are still tried within the timeout.
const ADDRESS_ATTEMPT_MS = 500;

/** Opens a TCP or TLS connection to the origin of `url`, ready to write to. Throws system errors, the signal's reason. */
export async function connectSocket(url: URL, options: ConnectOptions): Promise<Socket> {
  const { secureContext, onread, signal } = options;
  signal?.throwIfAborted();
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const tls = url.protocol === "https:";
  const target = {
    host,
    port: Number(url.port) || (tls ? 443 : 80),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    noDelay: true,
    onread,
  };
  // Loaded when it is needed: it takes 5 MB and 10 ms.
  const secure = tls ? await import("node:tls") : undefined;
  signal?.throwIfAborted();
  const socket = secure
    ? secure.connect({
        ...target,
        ALPNProtocols: ["http/1.1"],
        ...(isIP(host) === 0 && { servername: host }),
        ...(secureContext && { secureContext }),
      })
    : connectPlain(target);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(Object.assign(new Error("no connection"), { code: "UND_ERR_CONNECT_TIMEOUT" }));
      }, CONNECT_TIMEOUT_MS);
      const abort = (): void => reject(signal?.reason as Error);
      signal?.addEventListener("abort", abort, { once: true });
      socket.once(tls ? "secureConnect" : "connect", resolve);
      socket.once("error", reject);
      socket.once("close", () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        reject(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" }));
      });
      socket.once(tls ? "secureConnect" : "connect", () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      });
    });
    return socket;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  }
}
