import { en } from "./locales/en";
import type { Key } from "./messages";
import type { Translate } from "./translator";

/** A key that is made at run time and takes no values. */
type Plain = Key & `field.${string}`;

/** word gives the word for a value of a vocabulary of the catalogue; what is not known here comes back as it is. */
export function word(t: Translate, vocabulary: string, value: string): string {
  return known(t, `${vocabulary[0]!.toLowerCase()}${vocabulary.slice(1)}.${value}`) ?? value;
}

/** fieldName gives the name of a field of the catalogue, by its path, as a kind calls it. */
export function fieldName(t: Translate, path: string, kind = ""): string {
  return known(t, `field.${kind}.${path}`) ?? known(t, `field.${path}`) ?? path;
}

function known(t: Translate, key: string): string | null {
  return Object.hasOwn(en, key) ? t(key as Plain) : null;
}
