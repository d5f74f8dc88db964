import fc from "fast-check";
import { expect, test } from "vitest";
import { formatIni, parseIni } from "./ini.ts";

test("sections, comments, both separators and keys in capitals are read as configparser reads them", () => {
  const text =
    "# tokens\n\n[my laptop]\nHF_Token = hf_%(x)s\n; end\n[b]\nhf_token:hf_b=c\nempty =\n";
  expect(parseIni(text)).toEqual(
    new Map([
      ["my laptop", new Map([["hf_token", "hf_%(x)s"]])],
      [
        "b",
        new Map([
          ["hf_token", "hf_b=c"],
          ["empty", ""],
        ]),
      ],
    ]),
  );
});

test.each(["key = value outside\n", "[a]\njust words\n", "[a]\nx = 1\n[a]\n"])(
  "%j is refused whole",
  (text) => {
    expect(parseIni(text)).toBeUndefined();
  },
);

test("written text is read back, and its sections are sorted", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 äß.-]{0,20}$/);
  const key = fc.stringMatching(/^[a-z][a-z_]{0,10}$/);
  const value = fc.stringMatching(/^[!-~]{1,30}$/);
  const section = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
  fc.assert(
    fc.property(fc.dictionary(name, section, { noNullPrototype: true }), (object) => {
      const sections = new Map(
        Object.entries(object).map(([title, values]) => [title, new Map(Object.entries(values))]),
      );
      const read = parseIni(formatIni(sections));
      expect(read).toEqual(sections);
      expect([...(read?.keys() ?? [])]).toEqual([...sections.keys()].toSorted());
    }),
  );
});
