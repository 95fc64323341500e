import type { I18n } from "./I18n";

/** when says from when until when a tie held, as far as that is known; null when nothing is. */
export function when(
  { t, date }: Pick<I18n, "t" | "date">,
  { since, until }: { readonly since: string | null; readonly until: string | null },
): string | null {
  if (since && since === until) return date(since);
  if (since && until) return t("profile.between", { from: date(since), until: date(until) });
  if (since) return t("profile.since", { date: date(since) });
  return until ? t("profile.until", { date: date(until) }) : null;
}
