import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import type { Neighbour } from "./discovery.ts";
import { dnsSdDiscovery, parseBrowseLine, parseLookupLine } from "./dns-sd.ts";
import type { Network } from "./network.ts";

const network: Network = {
  id: "0123456789ab",
  interface: "en7",
  address: "127.0.0.1",
  subnet: "127.0.0.0/8",
  router: undefined,
  virtual: false,
};

/**
 * A program in the place of macOS' `dns-sd`, which answers as that does and writes down its arguments. The lines are those of
 * Clients/dns-sd.c in Apple's mDNSResponder (printtimestamp, browse_reply and resolve_reply).
 */
async function standIn(): Promise<{ env: NodeJS.ProcessEnv; asked: () => Promise<string> }> {
  const folder = await tempDir();
  const program = join(folder, "dns-sd");
  await writeFile(
    program,
    `#!/bin/sh
echo "$@" >> ${folder}/asked
case "$3" in
-B) cat <<'END'
Using interface 7
Browsing for _mlx-download._tcp.local
DATE: ---Mon 30 Nov 2026---
12:00:00.000  ...STARTING...
Timestamp     A/R    Flags  if Domain               Service Type         Instance Name
12:00:00.100  Add        3   7 local.               _mlx-download._tcp.  mini-1a2b3c
12:00:00.200  Rmv        0   7 local.               _mlx-download._tcp.  old-9f9f9f
END
;;
-L) cat <<'END'
Using interface 7
Lookup mini-1a2b3c._mlx-download._tcp.local
DATE: ---Mon 30 Nov 2026---
12:00:00.000  ...STARTING...
12:00:00.300  mini-1a2b3c._mlx-download._tcp.local. can be reached at localhost.:8091 (interface 7)
 v=1
END
;;
esac
exec sleep 600
`,
  );
  await chmod(program, 0o755);
  const path = [folder, process.env["PATH"]].join(delimiter);
  return { env: { PATH: path }, asked: () => readFile(join(folder, "asked"), "utf8") };
}

test.skipIf(process.platform === "win32")(
  "the system's program finds a neighbour, says that one left, and announces on one interface",
  async () => {
    const { env, asked } = await standIn();
    const discovery = dnsSdDiscovery(env);
    const found = Promise.withResolvers<Neighbour>();
    const lost = Promise.withResolvers<string>();
    const ears = { onFound: found.resolve, onLost: lost.resolve };
    const search = await discovery.browse(network, ears);
    onTestFinished(() => search.close());
    expect(await found.promise).toEqual({ name: "mini-1a2b3c", url: "http://127.0.0.1:8091" });
    expect(await lost.promise).toBe("old-9f9f9f");
    const announced = await discovery.announce(network, { name: "book-00ff00", port: 8091 });
    await expect.poll(asked).toContain("-i en7 -R book-00ff00 _mlx-download._tcp local 8091 v=1\n");
    await announced.close();
  },
);

test("a machine without the program finds no neighbour and fails at nothing", async () => {
  const search = await dnsSdDiscovery({ PATH: await tempDir() }).browse(network, {
    onFound: () => expect.unreachable(),
    onLost: () => expect.unreachable(),
  });
  await search.close();
});

test.each([
  "",
  "Timestamp     A/R    Flags  if Domain               Service Type         Instance Name",
  "12:00:00.100  Add        3   7 local.               _http._tcp.          mini",
  "12:00:00.100  Add        3   7 local.               _mlx-download._tcp.  ",
])("%j is no service of ours", (line) => {
  expect(parseBrowseLine(line)).toBeUndefined();
  expect(parseLookupLine(line)).toBeUndefined();
});
