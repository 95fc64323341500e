import { type Answer, useQuery } from "../../api/ApiProvider";
import {
  Directory,
  type DirectoryQuery,
  type DirectoryQueryVariables,
  type NodeFilter,
} from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import type { Sort, View } from "../../model/view";

const sorts: Readonly<Record<Sort, DirectoryQueryVariables["sort"]>> = {
  relevance: "BEST",
  name: "NAME",
  updated: "UPDATED",
  ties: "DEGREE",
};

/** useDirectory searches for what the view asks, as many hits as are shown. */
export function useDirectory(view: View, first: number): Answer<DirectoryQuery> {
  const { language } = useI18n();
  return useQuery(Directory, {
    text: view.text,
    filter: filterOf(view),
    sort: sorts[view.sort],
    first,
    asOf: view.asOf,
    language,
  });
}

/** A facet with nothing chosen is no condition; an empty list would match nothing. */
function filterOf({ filters }: View): NodeFilter {
  const chosen = <T extends string>(values: readonly string[]) =>
    values.length > 0 ? (values as T[]) : null;
  return {
    kinds: chosen(filters.kind),
    issues: chosen(filters.issue),
    places: chosen(filters.place),
    capacities: chosen(filters.capacity),
    coalitions: chosen(filters.coalition),
    classifications: chosen(filters.classification),
  };
}
