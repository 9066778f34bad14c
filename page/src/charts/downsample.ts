// Fewer points for the same picture.

import type { Curve } from "./curves";

/**
 * The points of a curve that are to be seen on `columns` columns of pixels: of each column the
 * first and the last, the lowest and the highest, in their order; or, if `mean`, one point with the
 * mean of each two columns.
 */
export function downsampled(curve: Curve, columns: number, mean: boolean): [number, number][] {
  const { x, y } = curve;
  const few = mean ? columns / 2 : columns * 2;
  const point = (i: number): [number, number] => [x[i] as number, y[i] as number];
  if (x.length <= few) {
    return Array.from(x, (_, i) => point(i));
  }
  const first = x[0] as number;
  const width = ((x.at(-1) as number) - first || 1) / (mean ? columns / 2 : columns);
  const points: [number, number][] = [];
  let begin = 0;
  while (begin < x.length) {
    const column = Math.floor(((x[begin] as number) - first) / width);
    let end = begin + 1;
    while (end < x.length && Math.floor(((x[end] as number) - first) / width) === column) {
      end += 1;
    }
    if (mean) {
      let sum = 0;
      for (let i = begin; i < end; i++) {
        sum += y[i] as number;
      }
      points.push([x[(begin + end - 1) >> 1] as number, sum / (end - begin)]);
    } else {
      points.push(...outermost(y, begin, end).map(point));
    }
    begin = end;
  }
  return points;
}

/** The places of the first, lowest, highest and last value from `begin` to before `end`. */
function outermost(y: readonly number[], begin: number, end: number): number[] {
  let [low, high] = [begin, begin];
  for (let i = begin; i < end; i++) {
    low = (y[i] as number) < (y[low] as number) ? i : low;
    high = (y[i] as number) > (y[high] as number) ? i : high;
  }
  return [...new Set([begin, low, high, end - 1])].sort((one, two) => one - two);
}
