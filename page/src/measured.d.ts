// What each option of a decision was measured to be worth: the tables of docs/DECISIONS.md, which
// the build reads (measured.mjs).

declare module "ninth:measured" {
  /** A share in per cent, over seeds. */
  export interface Figure {
    ninth: number;
    /** The sample standard deviation; `null` with one seed. */
    deviation: number | null;
    /** Whether the preset has this option. */
    chosen: boolean;
  }

  export interface MeasuredDecision {
    heading: string;
    /** One sentence on the decision. */
    reason: string;
    /** What the figures are a share of: right ninth terms, or continuations that are right. */
    share: "ninth" | "continued" | null;
    options: { name: string; design?: Figure; strong?: Figure }[];
  }

  /** By the name of the decision. */
  const measured: Record<string, MeasuredDecision | undefined>;
  export default measured;
}
