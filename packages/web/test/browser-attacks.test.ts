import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { chromiumPath } from "./chromium-path.ts";
import { openStage } from "./chromium.ts";
import type { WebProcess } from "./stage.ts";

/** A server on another local port: its pages, and the requests that it got. */
async function startOther(html: (path: string) => string): Promise<{
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.setHeader("Content-Type", "text/html").end(html(request.url ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** The repo ids of the queue. */
async function queued(web: WebProcess): Promise<readonly string[]> {
  const response = await fetch(`${web.url}api/events`, {
    headers: { Authorization: `Bearer ${web.token}` },
  });
  const reader = response.body?.getReader();
  let text = "";
  while (!text.includes("\n\n")) {
    text += Buffer.from((await reader?.read())?.value ?? []).toString();
  }
  await reader?.cancel();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "{}").order;
}

test.skipIf(chromiumPath === undefined)(
  "a page on another local port changes nothing and reads nothing: by form, image, frame, script, style, link or beacon",
  { timeout: 120_000 },
  async () => {
    const { web, browser } = await openStage();
    const target = `${web.url}api/downloads`;
    const body = JSON.stringify({ ref: "mlx-community/tiny-llama-4bit" });
    const cut = body.indexOf(":") + 1;
    const other = await startOther(
      () => `<!doctype html><title>other</title>
        <form id="plain" method="post" enctype="text/plain" action="${target}">
          <input name='${body.slice(0, cut)}' value='${body.slice(cut)}'></form>
        <form id="encoded" method="post" action="${target}"><input name="ref" value="mlx-community/tiny-llama-4bit"></form>
        <form id="get" action="${web.url}api/library"></form>
        <img src="${web.url}api/library"><script src="${web.url}api/library"></script>
        <link rel="stylesheet" href="${web.url}api/library"><iframe src="${web.url}"></iframe>`,
    );
    const context = await browser.newContext();
    // The owner has the page open in the same browser, with its token.
    const own = await context.newPage();
    await own.goto(`${web.url}#token=${web.token}`);
    await own.waitForSelector(".line.live");
    for (const form of ["plain", "encoded", "get"]) {
      const page = await context.newPage();
      await page.goto(other.url);
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().startsWith(`${web.url}api`)),
        page.evaluate(`document.querySelector("#${form}").submit()`),
      ]);
      expect(answer.status(), form).toBeGreaterThanOrEqual(401);
      await page.close();
    }
    const page = await context.newPage();
    let attempts = 0;
    page.on("request", (request) => (attempts += Number(request.url().startsWith(web.url))));
    await page.goto(other.url);
    expect(page.frames()[1]?.url()).not.toBe(web.url);
    const tried = await page.evaluate(
      async ([url, data]) => {
        const beacon = navigator as unknown as { sendBeacon(url: string, data: string): boolean };
        const answers: unknown[] = [beacon.sendBeacon(url, data)];
        for (const init of [
          { method: "POST", body: data, headers: { "Content-Type": "text/plain" } },
          {
            method: "POST",
            body: data,
            headers: { "Content-Type": "text/plain" },
            mode: "no-cors",
          },
          { method: "POST", body: data, credentials: "include" },
        ] as RequestInit[]) {
          answers.push(
            await fetch(url, init).then(
              ({ status }) => status,
              () => "refused",
            ),
          );
        }
        return answers;
      },
      [target, body] as const,
    );
    expect(tried.slice(1)).toEqual(["refused", "refused", "refused"]);
    expect(attempts).toBeGreaterThan(7);
    expect(await queued(web)).toEqual([]);
  },
);

test.skipIf(chromiumPath === undefined)(
  "names, errors and cards are text, a link takes nothing along, and the token stays out of the history",
  { timeout: 120_000 },
  async () => {
    const { hub, web, browser } = await openStage();
    const other = await startOther(() => "<!doctype html><title>elsewhere</title>");
    const bad = `"><img src=x onerror=document.title='owned'>`;
    await hub.addRepo("org/named", {
      "config.json": "{}",
      [`a${bad.replaceAll("/", "")}.json`]: "{}",
      "README.md": `---\nlicense: ${bad}\n---\n# ${bad}\n[out](${other.url}/out) [js](javascript:document.title='owned') <svg onload=document.title='owned'>\n\n\`\`\`\n${bad}\n\`\`\`\n`,
    });
    const context = await browser.newContext();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("dialog", (dialog) => problems.push(dialog.message()));
    await page.goto(`${web.url}#token=${web.token}`);
    await page.waitForSelector(".line.live");
    for (const [address, ready] of [
      ["model?ref=org%2Fnamed", ".card"],
      [`model?ref=${encodeURIComponent(bad)}`, ".problem"],
      [`model?ref=${encodeURIComponent(`org/named@${bad}`)}`, ".problem"],
      [`search?q=${encodeURIComponent(bad)}`, ".problem, .empty, .found"],
      [`compare?a=${encodeURIComponent(bad)}`, ".note.bad"],
      [`${encodeURIComponent(bad)}?${bad}`, "h1"],
    ] as const) {
      await page.goto(`${web.url}#/${address}`);
      await page.waitForSelector(ready);
      expect(await page.title(), address).not.toBe("owned");
      expect(await page.locator("main :is(img[src=x], script, iframe, svg[onload])").count()).toBe(
        0,
      );
    }
    await page.goto(`${web.url}#/model?ref=org%2Fnamed`);
    const [opened] = await Promise.all([context.waitForEvent("page"), page.click("text=out")]);
    await opened.waitForLoadState();
    expect(other.requests[0]?.headers.referer).toBeUndefined();
    expect(await opened.evaluate("window.opener")).toBeNull();
    for (let steps = 0; steps < 12; steps += 1) {
      expect(page.url()).not.toContain(web.token);
      if ((await page.goBack().catch(() => null)) === null && page.url() === "about:blank") break;
    }
    expect(problems).toEqual([]);
  },
);

test.skipIf(chromiumPath === undefined)(
  "ten tabs are live at once, and follow one download",
  { timeout: 120_000 },
  async () => {
    const { web, browser } = await openStage();
    const context = await browser.newContext();
    const tabs = [];
    for (let count = 0; count < 10; count += 1) {
      const page = await context.newPage();
      await page.goto(count === 0 ? `${web.url}#token=${web.token}` : `${web.url}#/downloads`);
      await page.waitForSelector(".line.live");
      tabs.push(page);
    }
    await tabs[0]?.goto(`${web.url}#/model?ref=mlx-community%2FLlama-Large-4bit`);
    await tabs[0]?.click("header button.primary");
    for (const page of tabs.slice(1)) await page.waitForSelector(".download .numbers b");
    await tabs[9]?.click("text=Pause");
    for (const page of tabs.slice(1)) {
      await page.waitForSelector("text=Resume");
      expect(await page.locator(".line.live").count()).toBe(1);
    }
  },
);
