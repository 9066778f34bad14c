// Numbers for people.

const THIN = "\u2009";

/** A whole number, its thousands apart: 12 400. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** The same for an axis, where thousands and millions have their letter: 12.5k. */
export function plainCount(value: number): string {
  const [divisor, letter] = Math.abs(value) >= 1e6 ? [1e6, "M"] : Math.abs(value) >= 1e4 ? [1e3, "k"] : [1, ""];
  return divisor === 1 ? count(value) : `${Number((value / divisor).toFixed(1))}${letter}`;
}

/** A share in per cent: 71.2 %. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 99.95 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}

/** The same without a digit behind the point where there is none, for axes. */
export function roundPercent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

/** A number with three digits that count. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return value.toExponential(1).replace(".0e", "e");
  }
  return String(Number(value.toPrecision(3)));
}

/** Seconds as text: 8 s, 2 min 05 s, 1 h 10 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) {
    return `${whole} s`;
  }
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
