import { access, glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("every link of the docs leads to a file that is there", async () => {
  const broken: string[] = [];
  let seen = 0;
  for await (const page of glob(["*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: root })) {
    const text = await readFile(join(root, page), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?<target>[^)\s#]+)(?:#[^)]*)?\)/gu)) {
      if (target.startsWith("https://")) continue;
      seen += 1;
      const there = await access(join(root, page, "..", target)).then(
        () => true,
        () => false,
      );
      if (!there) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
  expect(seen).toBeGreaterThan(10);
});

test("every path of this repo that a page names is there", async () => {
  const gone: string[] = [];
  let seen = 0;
  const named = /`(?<path>(?:packages|scripts|docs|bench|tooling)\/[\w./-]+)`/gu;
  for await (const page of glob(["*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: root })) {
    for (const { groups } of (await readFile(join(root, page), "utf8")).matchAll(named)) {
      const path = groups?.["path"] ?? "";
      // A build makes these.
      if (path.includes("/dist/")) continue;
      seen += 1;
      const there = await access(join(root, path)).then(
        () => true,
        () => false,
      );
      if (!there) gone.push(`${page}: ${path}`);
    }
  }
  expect(gone).toEqual([]);
  expect(seen).toBeGreaterThan(40);
});

test("the README of a published package stands on its own: a registry shows it without this repo", async () => {
  const leading: string[] = [];
  let seen = 0;
  const pages = ["packages/*/README.md", "packages/python-bridge/python/README.md"];
  for await (const page of glob(pages, { cwd: root })) {
    seen += 1;
    const text = await readFile(join(root, page), "utf8");
    const links = [...text.matchAll(/\]\((?<target>[^)\s]+)\)/gu)].map(([, target = ""]) => target);
    leading.push(
      ...links.filter((target) => !/^(?:https:\/\/|#)/u.test(target)).map((to) => `${page}: ${to}`),
      ...(text.match(/(?<![\w/])(?:\.\.\/|(?:docs|scripts|packages)\/)[\w./-]*/gu) ?? []).map(
        (path) => `${page}: ${path}`,
      ),
    );
  }
  expect(leading).toEqual([]);
  expect(seen).toBeGreaterThan(10);
});
