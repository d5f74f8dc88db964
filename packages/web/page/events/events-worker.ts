import { createEventHub, type Heard } from "./event-source.ts";

// One stream for all tabs: a browser opens six connections to a server, and a stream keeps one. A new tab without a token
// gets it from the others: who can reach this worker is of the same origin.

/** A message from a tab. */
type Said =
  | { readonly type: "hello"; readonly token?: string | undefined }
  | { readonly type: "wake" }
  | { readonly type: "bye" };

const ports = new Set<MessagePort>();
const hub = createEventHub((heard) => {
  for (const port of ports) port.postMessage(heard);
});

function greet(port: MessagePort): void {
  const say = (heard: Heard): void => port.postMessage(heard);
  port.addEventListener("message", ({ data }: MessageEvent<Said>) => {
    if (data.type === "bye") return void ports.delete(port);
    if (data.type === "wake") return hub.wake();
    ports.add(port);
    if (data.token !== undefined) hub.use(data.token);
    else if (hub.token === undefined) return say({ type: "line", line: "no-token" });
    if (hub.token !== undefined) say({ type: "token", token: hub.token });
    if (Object.keys(hub.values).length > 0) {
      say({ type: "values", values: hub.values, whole: true });
    }
    say({ type: "line", line: hub.line });
  });
  port.start();
}

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port !== undefined) greet(port);
});
