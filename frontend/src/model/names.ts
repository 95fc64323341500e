/** Named is what has a name, and may have it in other languages too. */
export type Named = {
  readonly name: string;
  readonly translations: readonly { readonly language: string; readonly name: string }[];
};

/** nameIn gives the name in a language, else in another form of that language, else as it is. */
export function nameIn(language: string, { name, translations }: Named): string {
  const primary = (tag: string) => tag.toLowerCase().split("-")[0];
  const said =
    translations.find((one) => one.language.toLowerCase() === language.toLowerCase()) ??
    translations.find((one) => primary(one.language) === primary(language));
  return said?.name ?? name;
}

/** Spoken is something under its name in the reader's language, beside the name it has. */
export type Spoken<T extends Named> = T & { readonly original: string };

/** speak gives something under its name in a language. */
export function speak<T extends Named>(language: string, one: T): Spoken<T> {
  return { ...one, name: nameIn(language, one), original: one.name };
}
