import { effect } from "@preact/signals";
import { type JSX, render } from "preact";
import { useEffect } from "preact/hooks";
import { ComparePage } from "./pages/compare.tsx";
import { DownloadsPage } from "./pages/downloads.tsx";
import { LibraryPage } from "./pages/library.tsx";
import { ModelPage } from "./pages/model.tsx";
import { NeighboursPage } from "./pages/neighbours.tsx";
import { SearchPage } from "./pages/search.tsx";
import { SettingsPage } from "./pages/settings.tsx";
import { UpdatesPage } from "./pages/updates.tsx";
import { ConfirmDialog } from "./parts/confirm.tsx";
import { focusTitle, Navigation, pageTitles } from "./parts/navigation.tsx";
import { Notices } from "./parts/notices.tsx";
import { percent } from "./parts/spark.tsx";
import { downloads, line, listen, server } from "./state/live.ts";
import { readRoute, route } from "./state/route.ts";
import { takeTokenFromAddress } from "./state/token.ts";

const pages: Readonly<Record<string, () => JSX.Element>> = {
  search: SearchPage,
  model: ModelPage,
  downloads: DownloadsPage,
  library: LibraryPage,
  compare: ComparePage,
  updates: UpdatesPage,
  neighbours: NeighboursPage,
  settings: SettingsPage,
};

function App(): JSX.Element {
  const { page, params } = route.value;
  const Page = pages[page] ?? SearchPage;
  const open = downloads.value.filter(({ state }) => state !== "done").length;
  // A new page begins at its top, and says so to a screen reader.
  useEffect(() => {
    scrollTo(0, 0);
    if (document.activeElement?.tagName === "A") focusTitle();
    document
      .querySelector("nav [aria-current]")
      ?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [page, params.get("ref")]);
  if (line.value === "no-token") return <NoToken />;
  return (
    <>
      <Navigation
        page={page}
        open={open}
        line={line.value}
        offline={line.value === "live" && server.value?.offline === true}
      />
      <Page key={page} />
      <ConfirmDialog />
      <Notices />
    </>
  );
}

function NoToken(): JSX.Element {
  return (
    <main id="main" class="no-token">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>Open this page from the terminal</h1>
      <p>
        It may change what is on your disk, so that it opens with a token that only you can read:
      </p>
      <pre>
        <code>mlx-download web</code>
      </pre>
    </main>
  );
}

/** `/` goes to the filter, Escape empties it. */
function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const { target, key } = event;
    const typing = target instanceof HTMLElement && target.matches("input, select, textarea");
    if (key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const filter = document.querySelector<HTMLInputElement>("#filter");
      if (filter) {
        event.preventDefault();
        filter.focus();
        filter.select();
      }
    }
    if (key === "Escape" && target instanceof HTMLInputElement && target.id === "filter") {
      if (target.value === "") target.blur();
    }
  });
}

/** Progress in the title, and a note when a download is done while the page is not looked at. */
function watchDownloads(): void {
  let running = new Set<string>();
  effect(() => {
    const items = downloads.value;
    const moving = items.filter(({ state }) => state === "running");
    const total = moving.reduce((sum, { bytes }) => sum + (bytes?.total ?? 0), 0);
    const here = moving.reduce((sum, { bytes }) => sum + (bytes?.here ?? 0), 0);
    const title = pageTitles[route.value.page] ?? route.value.params.get("ref") ?? "Search";
    const progress = moving.length > 0 && total > 0 ? `${percent({ here, total })} % · ` : "";
    document.title = `${progress}${title} · mlx-download`;
    for (const { id, state, repoId } of items) {
      const ended = running.has(id) && (state === "done" || state === "failed");
      if (!ended || !document.hidden || !("Notification" in globalThis)) continue;
      if (Notification.permission !== "granted") continue;
      const note = new Notification(state === "done" ? "Downloaded" : "Failed", {
        body: repoId,
        tag: id,
      });
      note.addEventListener("click", () => focus());
    }
    running = new Set(moving.map(({ id }) => id));
  });
}

await takeTokenFromAddress();
readRoute();
listen();
listenToKeys();
watchDownloads();
const root = document.querySelector("#app");
if (root) render(<App />, root);
