import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writePrivate } from "../gate/token.ts";
import type { RunningWeb } from "./start-web.ts";

/**
 * Opens the page in the user's browser. The token is in no argument list: the browser gets the address of a file that only
 * this user can read, and that leads on. False where there is no program to open it with.
 */
export async function openBrowser(
  { urlWithToken }: Pick<RunningWeb, "urlWithToken">,
  stateDir: string,
): Promise<boolean> {
  const path = join(stateDir, "open.html");
  const html = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>mlx-download</title><meta http-equiv="refresh" content="0; url=${urlWithToken}"><a href="${urlWithToken}">Open mlx-download</a>\n`;
  await writePrivate(path, html);
  const address = pathToFileURL(path).href;
  const commands: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
    darwin: ["open", address],
    win32: ["rundll32", "url.dll,FileProtocolHandler", address],
  };
  const [command, ...args] = commands[process.platform] ?? ["xdg-open", address];
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.once("error", () => resolve(false));
  child.once("spawn", () => resolve(true));
  child.unref();
  return promise;
}
