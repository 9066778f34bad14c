// A group of elements that is one stop of the Tab key; arrow keys move within it.

/** Where a key leads from a place among `count`, in rows of `columns`; `null`: it does not lead. */
export function moved(key: string, from: number, count: number, columns: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - columns,
    ArrowDown: from + columns,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined || to < 0 || to >= count ? null : to;
}
