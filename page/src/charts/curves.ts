// The curves of a training's log: for each scalar the steps and the values.

import type { LogLine } from "../engine/protocol";

/** Points of a curve, in the order of `x`. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const NONE: Curve = { x: [], y: [] };

/** Accuracies by position, at a validation. */
export interface ByPosition {
  step: number;
  shares: number[];
}

export class Curves {
  /** Accuracies by position of all validations. */
  readonly byPosition: ByPosition[] = [];
  private readonly curves = new Map<string, { x: number[]; y: number[] }>();

  constructor(lines: readonly LogLine[] = []) {
    this.add(lines);
  }

  /** Takes lines that come after those that it has. */
  add(lines: readonly LogLine[]): void {
    for (const line of lines) {
      for (const [name, value] of Object.entries(line)) {
        if (typeof value === "number" && name.includes("/")) {
          this.point(name, line.step, value);
        }
      }
      if (line.accuracy_by_position) {
        this.byPosition.push({ step: line.step, shares: line.accuracy_by_position });
      }
    }
  }

  /** Adds a point to a curve. */
  point(name: string, x: number, y: number): void {
    let curve = this.curves.get(name);
    if (!curve) {
      curve = { x: [], y: [] };
      this.curves.set(name, curve);
    }
    curve.x.push(x);
    curve.y.push(y);
  }

  /** The curve of a scalar, as `validation/loss`; empty if there is none. */
  of(name: string): Curve {
    return this.curves.get(name) ?? NONE;
  }

  last(name: string): number | undefined {
    return this.of(name).y.at(-1);
  }

  /** The scalars that there are. */
  names(): string[] {
    return [...this.curves.keys()];
  }
}
