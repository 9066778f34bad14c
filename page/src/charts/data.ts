// What a line chart shows.

import type { Curve } from "./curves";

/** A colour of the style: of a series, or of text. */
export type Tone = 1 | 2 | 3 | 4 | 5 | 6 | "ink" | "faint" | "limit";

/** The class that gives an element's `--tone`. */
export function toneClass(tone: Tone): string {
  return `tone-${tone}`;
}

export interface Series {
  name: string;
  curve: Curve;
  tone: Tone;
  /** Wider than others. */
  strong?: boolean;
  /** Paler than others. */
  pale?: boolean;
  /** Paler still, and without a label at its end and an entry in the legend. */
  faint?: boolean;
  /** The number of its pattern of dashes; none: a solid line. */
  dash?: number;
  /** Whether neighbours are drawn as their mean, not all of them. */
  mean?: boolean;
}

/** A horizontal line to compare with. */
export interface Reference {
  name: string;
  value: number;
  tone: Tone;
  /** Its entry in the legend, which several may have together; else its name. */
  group?: string;
  /** Whether labels of its group that would overlap become one. */
  merged?: boolean;
}

export interface LineData {
  series: Series[];
  references?: Reference[];
  /** What is shown of each axis; else what has all values. */
  x?: [number, number];
  y?: [number, number];
}

export interface LineOptions {
  title: string;
  /** What the horizontal axis counts. */
  xName: string;
  /** A value as text, on the axis and elsewhere. */
  format(value: number): string;
  formatX?(value: number): string;
  /** Whether the vertical axis has equal steps for equal factors. */
  log?: boolean;
  height: number;
  /** Whether there are labels at the ends of the lines; else a legend has to do. */
  labels?: boolean;
}
