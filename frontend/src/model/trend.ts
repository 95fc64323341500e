/** How many quarters back a trend goes. */
const quarters = 12;

/** trendDays gives the days a trend is told for: the ends of the months of the quarters before a partial date, and that date. */
export function trendDays(end: string): readonly string[] {
  const [year = "", month = "12"] = end.split("-");
  const last = 12 * Number(year) + Number(month) - 1;
  const before = Array.from({ length: quarters }, (_, at) => {
    const months = last - 3 * (quarters - at);
    const [then, of] = [Math.floor(months / 12), (months % 12) + 1];
    return `${String(then).padStart(4, "0")}-${String(of).padStart(2, "0")}`;
  });
  return [...before, end];
}

/** Point is a place in a picture, from its upper left. */
export type Point = { readonly x: number; readonly y: number };

/** plot places values from edge to edge, the highest at the top and the lowest at the bottom; a constant stays in the middle. */
export function plot(values: readonly number[], width: number, height: number): readonly Point[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value, at) => ({
    x: values.length > 1 ? (at / (values.length - 1)) * width : width / 2,
    y: high > low ? ((high - value) / (high - low)) * height : height / 2,
  }));
}
