/**
 * formatDate writes a partial ISO date (2019, 2019-05, 2019-05-04) in words, as precisely as it is known
 * and no more. What is not such a date comes back as it is.
 */
export function formatDate(date: string, tag: string): string {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(date);
  if (!match) return date;
  const [, year, month, day] = match;
  const moment = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
  const parts: Intl.DateTimeFormatOptions = { timeZone: "UTC", year: "numeric", calendar: "gregory" };
  if (month) parts.month = "short";
  if (day) parts.day = "numeric";
  return new Intl.DateTimeFormat(tag, parts).format(moment);
}

/** formatSpan writes a number of days in the unit a span of that length is remembered by: days, months or years. */
export function formatSpan(days: number, tag: string): string {
  const [count, unit] =
    days >= 730 ? [days / 365, "year"] : days >= 60 ? [days / 30.4, "month"] : [days, "day"];
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 0,
  }).format(count);
}
