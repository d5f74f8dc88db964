import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

// WebKitGTK through the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/): the nearest to Safari that runs on
// Linux.

const displayPath = "/usr/bin/Xvfb";
const driverPath = "/usr/bin/WebKitWebDriver";
const browserPath = ["x86_64", "aarch64"]
  .map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)
  .find(existsSync);

/** Why WebKit cannot be tried here, or undefined. */
export const whyNoWebKit: string | undefined =
  existsSync(driverPath) && existsSync(displayPath) && browserPath
    ? undefined
    : "no WebKit here (apt-get install webkit2gtk-driver xvfb)";

/** One window of WebKit. */
export interface WebKit {
  goto(url: string): Promise<void>;
  /** Runs a function body in the page; `arguments` has the values. */
  run<T>(body: string, ...values: readonly unknown[]): Promise<T>;
  /** The same with a callback as the last of `arguments`; resolves to its value. */
  wait<T>(body: string, ...values: readonly unknown[]): Promise<T>;
  /** Resolves once an element matches. */
  find(selector: string): Promise<void>;
  /** Clicks as a person does. */
  click(selector: string): Promise<void>;
  /** Sends keys to the element that has the focus. Special keys are code points of the protocol. */
  press(keys: string): Promise<void>;
  /** A PNG. */
  screenshot(): Promise<Buffer>;
}

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Opens WebKit under a display of its own. Both end with the test. */
export async function openWebKit(): Promise<WebKit> {
  const display = await startDisplay();
  const base = await startDriver(display);
  const ask = async <T>(path: string, body?: object, method = "POST"): Promise<T> => {
    const response = await fetch(`${base}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: T & { message?: string } };
    if (!response.ok) throw new Error(`WebDriver ${path}: ${value.message}`);
    return value;
  };
  const options = { binary: browserPath, args: ["--automation"] };
  const { sessionId } = await ask<{ sessionId: string }>("/session", {
    capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } },
  });
  const at = `/session/${sessionId}`;
  onTestFinished(async () => void (await ask(at, undefined, "DELETE").catch(() => undefined)));
  await ask(`${at}/timeouts`, { implicit: 30_000, script: 30_000, pageLoad: 30_000 });
  await ask(`${at}/window/rect`, { width: 1280, height: 800 });
  const find = async (selector: string): Promise<string> => {
    const found = await ask<Record<string, string>>(`${at}/element`, {
      using: "css selector",
      value: selector,
    });
    return found[ELEMENT] ?? "";
  };
  return {
    goto: (url) => ask(`${at}/url`, { url }),
    run: (script, ...args) => ask(`${at}/execute/sync`, { script, args }),
    wait: (script, ...args) => ask(`${at}/execute/async`, { script, args }),
    find: async (selector) => void (await find(selector)),
    click: async (selector) => ask(`${at}/element/${await find(selector)}/click`, {}),
    async press(keys) {
      const active = await ask<Record<string, string>>(`${at}/element/active`, undefined, "GET");
      await ask(`${at}/element/${active[ELEMENT]}/value`, { text: keys });
    },
    screenshot: async () =>
      Buffer.from(await ask<string>(`${at}/screenshot`, undefined, "GET"), "base64"),
  };
}

function endWithTest(child: ChildProcess): void {
  onTestFinished(() => void child.kill("SIGKILL"));
}

/** Starts Xvfb on a display number that it chooses; resolves to its name. */
async function startDisplay(): Promise<string> {
  const child = spawn(
    displayPath,
    ["-displayfd", "3", "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    },
  );
  endWithTest(child);
  const number = await new Promise<string>((resolve, reject) => {
    child.stdio[3]?.once("data", (text: Buffer) => resolve(text.toString().trim()));
    child.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return `:${number}`;
}

/** Starts the driver on a free port, on another one when a program takes that meanwhile. */
async function startDriver(display: string): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await freePort();
    const child = spawn(driverPath, ["--host=127.0.0.1", `--port=${port}`], {
      env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
      stdio: "ignore",
    });
    endWithTest(child);
    const url = `http://127.0.0.1:${port}`;
    while (child.exitCode === null) {
      const status = await fetch(`${url}/status`).catch(() => undefined);
      if (status?.ok) return url;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("WebKitWebDriver found five ports taken");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
