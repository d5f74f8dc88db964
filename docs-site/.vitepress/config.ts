import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type DefaultTheme } from "vitepress";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));

/** The file of a module of this package, as bundlers read it. */
function own(name: string): string {
  return fileURLToPath(import.meta.resolve(name));
}

/** The pages of a folder by their headings, those named first in this order. */
function pages(folder: string, first: readonly string[] = []): DefaultTheme.SidebarItem[] {
  const names = readdirSync(docs + folder).filter((name) => name.endsWith(".md"));
  const place = (name: string): number => {
    const at = first.indexOf(name.slice(0, -3));
    return at < 0 ? first.length : at;
  };
  return names
    .filter((name) => name !== "README.md" && name !== "index.md")
    .toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((name) => {
      const text = readFileSync(`${docs}${folder}/${name}`, "utf8");
      const heading = /^# (?<title>.+)$/mu.exec(text)?.groups?.["title"] ?? name;
      return { text: heading.replaceAll("`", ""), link: `/${folder}/${name.slice(0, -3)}` };
    });
}

/** A group of the sidebar. */
function group(
  text: string,
  items: DefaultTheme.SidebarItem[],
  collapsed = false,
): DefaultTheme.SidebarItem {
  return { text, items, collapsed };
}

const guide = ["install", "first-download", "search", "choosing-a-model", "reading-the-progress"];

export default defineConfig({
  title: "mlx-download",
  description: "Downloads MLX models from the Hugging Face Hub and verifies every byte.",
  lang: "en",
  srcDir: "../docs",
  base: process.env["DOCS_BASE"] ?? "/",
  cleanUrls: true,
  // A folder's README on GitHub is its index here.
  rewrites: { "README.md": "contents.md", "(.*)/README.md": "(.*)/index.md" },
  vite: {
    resolve: {
      // The pages lie outside of this package and would not find it.
      alias: [
        { find: /^vue\/server-renderer$/u, replacement: own("vue/server-renderer") },
        { find: /^vue$/u, replacement: own("vue/dist/vue.runtime.esm-bundler.js") },
      ],
    },
  },
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    // As GitHub makes anchors, so that a link works in both places.
    anchor: {
      slugify: (heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
          .replaceAll(" ", "-"),
    },
    config(md) {
      // GitHub serves files of the repo beside the docs. The site has the docs alone.
      const outside = /^(?:\.\.\/)+(?:packages|scripts|bench|tooling|\.github|[A-Z]+\.md)/u;
      md.core.ruler.push("links-out-of-the-docs", (state) => {
        for (const { children } of state.tokens) {
          let open = false;
          for (const token of children ?? []) {
            if (token.type === "link_open") open = outside.test(token.attrGet("href") ?? "");
            if (!open || !/^link_(?:open|close)$/u.test(token.type)) continue;
            if (token.type === "link_close") open = false;
            Object.assign(token, { type: "text", tag: "", content: "", nesting: 0 });
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Guide", link: "/guide/install" },
      { text: "Reference", link: "/reference/cli" },
      { text: "Help", link: "/help/troubleshooting" },
    ],
    sidebar: [
      group("Guide", pages("guide", guide)),
      group("Coming from", pages("coming-from"), true),
      group("Recipes", pages("recipes"), true),
      group("Help", pages("help", ["troubleshooting", "questions"])),
      group("Concepts", pages("concepts"), true),
      group("Reference", pages("reference", ["cli", "errors", "exit-codes", "environment"]), true),
      group("API", pages("reference/api"), true),
      group("Project", [
        { text: "Architecture", link: "/architecture" },
        { text: "Dictionary", link: "/dictionary" },
        { text: "Decisions", link: "/decisions/" },
        { text: "All pages", link: "/contents" },
      ]),
    ],
    docFooter: { prev: false, next: false },
  },
});
