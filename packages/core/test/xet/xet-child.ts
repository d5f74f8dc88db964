// Downloads through Xet storage in a process of its own and prints the bytes fetched so far, a line for each progress.
import { download } from "../../src/index.ts";

const [endpoint, cacheDir, repoId] = process.argv.slice(2);
await download(repoId ?? "", {
  env: {},
  endpoint,
  cacheDir,
  token: false,
  xet: "on",
  onEvent: (event) => {
    if (event.type === "progress") {
      process.stdout.write(`${event.bytes.resumed + event.bytes.fetched}\n`);
    }
  },
});
