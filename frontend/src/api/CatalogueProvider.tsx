import { createContext, type ReactNode, useContext } from "react";
import { useQuery } from "./ApiProvider";
import { Catalogue, type CatalogueQuery } from "./generated";

/** KindCatalogue is what the server tells of the kinds of node and link. */
export type KindCatalogue = CatalogueQuery["catalogue"];

const Context = createContext<KindCatalogue | null>(null);

/** CatalogueProvider asks for the catalogue once: it is the same for everybody and changes with the server only. */
export function CatalogueProvider({ children }: { children: ReactNode }) {
  const { data } = useQuery(Catalogue, {}, "once");
  return <Context value={data?.catalogue ?? null}>{children}</Context>;
}

/** useCatalogue gives the catalogue, or null while it is on its way. */
export function useCatalogue(): KindCatalogue | null {
  return useContext(Context);
}
