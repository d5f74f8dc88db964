/** Everything an async iterable yields (`Array.fromAsync` is not in the library that we compile against). */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
