import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextPage, parseNextLink } from "./next-page.ts";

const PAGE = new URL("http://127.0.0.1:8080/mirror/api/models/a/b/tree/main?recursive=true");

describe("parseNextLink", () => {
  test.each([
    ['<http://h/x?cursor=a%3D>; rel="next"', "http://h/x?cursor=a%3D"],
    ["<http://h/x>;rel=next", "http://h/x"],
    ['<?cursor=2>; rel="next"', `${PAGE.origin}${PAGE.pathname}?cursor=2`],
    ['<http://h/a>; rel="prev", <http://h/b>; title="x"; rel="next"', "http://h/b"],
    ['<http://h/a,b>; rel="last next"', "http://h/a,b"],
    ['<http://h/a>; rel="nextish"', undefined],
    ['<http://h/a>; rel="prev"', undefined],
    ['<javascript:1>; rel="next"', undefined],
    ['http://h/a; rel="next"', undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j", (header, expected) => {
    expect(parseNextLink(header, PAGE)?.href).toBe(expected);
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const link = parseNextLink(`${a}<${b}>; rel="next"`, PAGE);
        expect(link === undefined || /^https?:$/.test(link.protocol)).toBe(true);
      }),
    );
  });
});

describe("nextPage", () => {
  test("stays on the origin of the page, whatever the server names", () => {
    const link =
      '<https://huggingface.co/api/models/a/b/tree/main?cursor=2&recursive=true>; rel="next"';
    expect(nextPage(link, PAGE)?.href).toBe(
      "http://127.0.0.1:8080/mirror/api/models/a/b/tree/main?cursor=2&recursive=true",
    );
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (target) => {
        const next = nextPage(`<${target}>; rel="next"`, PAGE);
        expect(next === undefined || next.origin === PAGE.origin).toBe(true);
      }),
    );
  });
});
