import type { JSX } from "preact";
import type { Line } from "../events/event-source.ts";
import { to } from "../state/address.ts";

/** The pages that the navigation names, in its order: their addresses and titles. */
export const pageTitles: Readonly<Record<string, string>> = {
  search: "Search",
  downloads: "Downloads",
  library: "Library",
  compare: "Compare",
  updates: "Updates",
  neighbours: "Neighbours",
  settings: "Settings",
};

const lines: Readonly<Record<Line, string>> = {
  connecting: "Connecting …",
  live: "Connected",
  lost: "mlx-download does not run; trying again …",
  "no-token": "No token",
};

/**
 * The navigation, and the link past it. The build draws it into the HTML as it stands without a page and a server, so that
 * the first paint does not wait for the script.
 */
export function Navigation({
  page,
  open,
  line,
  offline,
}: {
  /** The page that is shown. Undefined where it is not known yet. */
  readonly page: string | undefined;
  /** Downloads that have not ended. */
  readonly open: number;
  readonly line: Line;
  readonly offline: boolean;
}): JSX.Element {
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          focusTitle();
        }}
      >
        Skip to the page
      </a>
      <nav aria-label="Pages">
        <a class="brand" href={to("search")}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          mlx-download
        </a>
        <ul>
          {Object.entries(pageTitles).map(([name, title]) => (
            <li key={name}>
              <a href={to(name)} aria-current={page === name ? "page" : undefined}>
                {title}
                {name === "downloads" && open > 0 && <span class="count">{open}</span>}
              </a>
            </li>
          ))}
        </ul>
        <p class={`line ${line}`} role="status">
          <i aria-hidden="true" />
          {lines[line]}
          {offline ? ", offline" : ""}
        </p>
      </nav>
    </>
  );
}

/** Puts the focus on the page's title, where a screen reader goes on reading. */
export function focusTitle(): void {
  const title = document.querySelector("h1");
  if (title === null) return;
  title.tabIndex = -1;
  title.focus();
}
