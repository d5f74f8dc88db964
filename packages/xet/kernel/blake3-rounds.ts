// Writes the two compression functions of BLAKE3 as AssemblyScript: it has no macros, and a call for each of the 56 mixes
// of a block would cost more than the mixes. Lanes: four inputs side by side in 128-bit vectors. Single: one input.

const permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
const initial = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a];
/** State words of each mix: columns, then diagonals. */
const mixes = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/** How one kind of word is added and rotated. */
interface Words {
  readonly type: string;
  readonly add: (...terms: readonly string[]) => string;
  readonly xor: (a: string, b: string) => string;
  readonly rotate: (value: string, bits: 16 | 12 | 8 | 7) => string;
}

const bytesOf = (order: readonly number[]): string =>
  [0, 4, 8, 12].flatMap((word) => order.map((byte) => word + byte)).join(", ");

const lanes: Words = {
  type: "v128",
  add: (first, ...rest) => rest.reduce((sum, term) => `i32x4.add(${sum}, ${term})`, first ?? ""),
  xor: (a, b) => `v128.xor(${a}, ${b})`,
  rotate(value, bits) {
    if (bits === 16) return `i8x16.shuffle(${value}, ${value}, ${bytesOf([2, 3, 0, 1])})`;
    if (bits === 8) return `i8x16.shuffle(${value}, ${value}, ${bytesOf([1, 2, 3, 0])})`;
    return `v128.or(i32x4.shr_u(${value}, ${bits}), i32x4.shl(${value}, ${32 - bits}))`;
  },
};

const single: Words = {
  type: "u32",
  add: (...terms) => terms.join(" + "),
  xor: (a, b) => `${a} ^ ${b}`,
  rotate: (value, bits) => `rotr<u32>(${value}, ${bits})`,
};

function rounds({ add, xor, rotate }: Words): string {
  const lines: string[] = [];
  let order = Array.from({ length: 16 }, (_, index) => index);
  for (let round = 0; round < 7; round += 1) {
    for (const [index, [a, b, c, d]] of mixes.entries()) {
      const half = (word: string, turn: 16 | 8, back: 12 | 7): void => {
        lines.push(
          `v${a} = ${add(`v${a}`, `v${b}`, word)};`,
          `x = ${xor(`v${d}`, `v${a}`)}; v${d} = ${rotate("x", turn)};`,
          `v${c} = ${add(`v${c}`, `v${d}`)};`,
          `x = ${xor(`v${b}`, `v${c}`)}; v${b} = ${rotate("x", back)};`,
        );
      };
      half(`m${order[2 * index]}`, 16, 12);
      half(`m${order[2 * index + 1]}`, 8, 7);
    }
    order = permutation.map((from) => order[from] as number);
  }
  return lines.join("\n");
}

const declare = ({ type }: Words, name: string, from: (index: number) => string, count: number) =>
  Array.from({ length: count }, (_, i) => `let ${name}${i}: ${type} = ${from(i)};`).join("\n");

/** Turns the four vectors a, b, c, d into their columns, named `to`. */
function transpose(rows: readonly string[], to: readonly string[], indent: string): string {
  const [a, b, c, d] = rows;
  const low = "0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23";
  const high = "8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31";
  const first = "0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23";
  const second = "8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31";
  return [
    `t0 = i8x16.shuffle(${a}, ${b}, ${low});`,
    `t1 = i8x16.shuffle(${a}, ${b}, ${high});`,
    `t2 = i8x16.shuffle(${c}, ${d}, ${low});`,
    `t3 = i8x16.shuffle(${c}, ${d}, ${high});`,
    `${to[0]} = i8x16.shuffle(t0, t2, ${first});`,
    `${to[1]} = i8x16.shuffle(t0, t2, ${second});`,
    `${to[2]} = i8x16.shuffle(t1, t3, ${first});`,
    `${to[3]} = i8x16.shuffle(t1, t3, ${second});`,
  ]
    .map((line) => indent + line)
    .join("\n");
}

const four = [0, 1, 2, 3] as const;
const loads = four
  .map((group) =>
    [
      ...four.map((row) => `r${row} = v128.load(p${row} + at, ${16 * group});`),
      transpose(
        four.map((row) => `r${row}`),
        four.map((word) => `m${4 * group + word}`),
        "",
      ),
    ].join("\n"),
  )
  .join("\n");
const stores = four
  .slice(0, 2)
  .map((half) =>
    [
      transpose(
        four.map((word) => `h${4 * half + word}`),
        four.map((row) => `r${row}`),
        "",
      ),
      ...four.map((row) => `v128.store(out, r${row}, ${32 * row + 16 * half});`),
    ].join("\n"),
  )
  .join("\n");

/** The module `./blake3-rounds` of the kernel. */
export const blake3Rounds = `
/** Hashes \`blocks\` blocks of 64 bytes at four places; the four chaining values go to \`out\`, 32 bytes each. */
export function compressLanes(
  p0: usize, p1: usize, p2: usize, p3: usize,
  blocks: u32, counter: u32, step: u32, flags: u32, first: u32, last: u32, key: usize, out: usize,
): void {
${declare(lanes, "h", (i) => `i32x4.splat(load<i32>(key, ${4 * i}))`, 8)}
${declare(lanes, "m", () => "i32x4.splat(0)", 16)}
${declare(lanes, "r", () => "i32x4.splat(0)", 4)}
${declare(lanes, "t", () => "i32x4.splat(0)", 4)}
let x: v128 = i32x4.splat(0);
let counters: v128 = i32x4.splat(counter);
counters = i32x4.replace_lane(counters, 1, counter + step);
counters = i32x4.replace_lane(counters, 2, counter + 2 * step);
counters = i32x4.replace_lane(counters, 3, counter + 3 * step);
for (let block: u32 = 0; block < blocks; block += 1) {
const at: usize = <usize>block << 6;
${loads}
${declare(lanes, "v", (i) => (i < 8 ? `h${i}` : i < 12 ? `i32x4.splat(${initial[i - 8]})` : (["counters", "i32x4.splat(0)", "i32x4.splat(64)", "i32x4.splat(flags | (block == 0 ? first : 0) | (block == blocks - 1 ? last : 0))"][i - 12] ?? "")), 16)}
${rounds(lanes)}
${Array.from({ length: 8 }, (_, i) => `h${i} = v128.xor(v${i}, v${i + 8});`).join("\n")}
}
${stores}
}

/** Compresses the 64 bytes at \`message\` into the chaining value at \`cv\`. */
export function compressSingle(message: usize, length: u32, counter: u32, flags: u32, cv: usize): void {
${declare(single, "m", (i) => `load<u32>(message, ${4 * i})`, 16)}
${declare(single, "v", (i) => (i < 8 ? `load<u32>(cv, ${4 * i})` : i < 12 ? String(initial[i - 8]) : (["counter", "0", "length", "flags"][i - 12] ?? "")), 16)}
let x: u32 = 0;
${rounds(single)}
${Array.from({ length: 8 }, (_, i) => `store<u32>(cv, v${i} ^ v${i + 8}, ${4 * i});`).join("\n")}
}
`;
