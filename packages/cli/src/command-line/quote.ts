/** A word as a POSIX shell reads it back. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The same command again, without the token that was given on the command line. */
export function sameCommand(argv: readonly string[]): string {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--token") at += 1;
    else if (!word.startsWith("--token=")) words.push(word);
  }
  return ["mlx-download", ...words.map(quoteWord)].join(" ");
}
