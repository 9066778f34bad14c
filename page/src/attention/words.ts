// What a head does, in words.

import { percent } from "../common/percent";

/** Weights of a head: `[looks][is looked at]`. */
export type Weights = number[][];

/** Where a head looks most, on average over the terms that have a choice. */
export function summary(weights: Weights): string {
  const rows = weights.slice(2);
  const mean = (weight: (row: number[], place: number) => number | undefined) =>
    rows.reduce((sum, row, index) => sum + (weight(row, index + 2) ?? 0), 0) / rows.length;
  if (rows.length === 0) {
    return "";
  }
  const places: [string, number][] = [
    ["at the term itself", mean((row, place) => row[place])],
    ["at the term before", mean((row, place) => row[place - 1])],
    ["two terms back", mean((row, place) => row[place - 2])],
    ["three terms back", mean((row, place) => row[place - 3])],
    ["at the first term", mean((row) => row[0])],
  ];
  const [where, share] = places.reduce((best, one) => (one[1] > best[1] ? one : best));
  // Evenly spread over n terms, each would have 1/n.
  const even = mean((row) => 1 / Math.max(1, row.filter((weight) => weight > 0).length));
  return share < 1.3 * even
    ? "Looks at all terms much alike"
    : `Looks mostly ${where}, ${Math.round(100 * share)} % on average`;
}

/** Where one term looks, the most looked at first. */
export function whereTo(row: number[], terms: string[], place: number): string {
  const named = row
    .map((weight, index) => ({ weight, index }))
    .filter(({ weight }) => weight >= 0.05)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, 4)
    .map(({ weight, index }) => {
      const term = index === place ? "itself" : `term ${index + 1} (${terms[index]})`;
      return `${term} with ${percent(weight)}`;
    });
  return named.length === 0 ? "at no term with more than 5 %" : `at ${named.join(", ")}`;
}
