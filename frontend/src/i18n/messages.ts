import type { en } from "./locales/en";

/** Key names one text of the front end. A key that `en` does not hold does not compile. */
export type Key = keyof typeof en;

/** Catalogue is the texts of one language: every key, none besides. */
export type Catalogue = Readonly<Record<Key, string>>;

type Name<S extends string> = S extends "" | `${string}${" " | "#"}${string}` ? never : S;
type Head<S extends string> = S extends `${infer Inside}}${string}`
  ? Inside extends `${infer N},${string}`
    ? Name<N>
    : Name<Inside>
  : never;
type Placeholders<S extends string> = S extends `${string}{${infer Rest}`
  ? Head<Rest> | Placeholders<Rest>
  : never;

/** Values is what a text must be given: nothing, or one value for each placeholder of its English form. */
export type Values<K extends Key> =
  Placeholders<(typeof en)[K]> extends never
    ? []
    : [values: Record<Placeholders<(typeof en)[K]>, string | number>];
