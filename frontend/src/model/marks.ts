/** Part is a piece of a text, and whether the search found it. */
export type Part = { readonly text: string; readonly found: boolean };

/**
 * marks splits a text where it holds a word searched for, in any case and with or without its marks, as the
 * server's search compares. What was found by forgiving a typing mistake is not marked.
 */
export function marks(text: string, searched: string): readonly Part[] {
  const words = fold(searched)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (words.length === 0) return [{ text, found: false }];

  // Folding may change lengths, so each folded letter remembers the letter it came from.
  const letters = [...text];
  let folded = "";
  const origin: number[] = [];
  letters.forEach((letter, at) => {
    const plain = fold(letter);
    folded += plain;
    for (let n = 0; n < plain.length; n++) origin.push(at);
  });

  const found = new Set<number>();
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      const startsWord = at === 0 || !/[\p{L}\p{N}]/u.test(folded[at - 1]!);
      if (startsWord) for (let n = at; n < at + word.length; n++) found.add(origin[n]!);
    }
  }

  const parts: { text: string; found: boolean }[] = [];
  letters.forEach((letter, at) => {
    const last = parts.at(-1);
    const isMark = /^\p{M}$/u.test(letter);
    const hit = isMark && last ? last.found : found.has(at);
    if (last && last.found === hit) last.text += letter;
    else parts.push({ text: letter, found: hit });
  });
  return parts;
}

/** holds tells whether a text holds another as it stands, in any case and with or without its marks. */
export function holds(text: string, searched: string): boolean {
  return fold(text).includes(fold(searched.trim()));
}

const same: Readonly<Record<string, string>> = {
  أ: "ا",
  إ: "ا",
  آ: "ا",
  ٱ: "ا",
  ى: "ي",
  ة: "ه",
  ı: "i",
  đ: "d",
  ø: "o",
  ł: "l",
};

function fold(text: string): string {
  return text
    .toLowerCase()
    .replace(/[أإآٱىةıđøł]/g, (letter) => same[letter]!)
    .normalize("NFKD")
    .replace(/[\p{M}\u0640]/gu, "");
}
