// A client around @huggingface/hub: WAY HUB_URL REPO CACHE_DIR FILE…
import { downloadFileToCacheDir, snapshotDownload } from "@huggingface/hub";

const [way, hubUrl = "", repo = "", cacheDir = "", ...paths] = process.argv.slice(2);
if (way === "snapshotDownload") await snapshotDownload({ repo, cacheDir, hubUrl });
else for (const path of paths) await downloadFileToCacheDir({ repo, path, cacheDir, hubUrl });
