// The answers of the engine as this view reads them.

import type { ExplainReport, PredictReport, Sources } from "../engine/protocol";

export type Candidate = PredictReport["candidates"][number];
export type Rule = ExplainReport["relations"][number];

/** Whom a probability comes from, in the order in which bars stack it. */
export const SOURCES = [
  { key: "rules", name: "rules that fit" },
  { key: "model", name: "the model" },
  { key: "forecasts", name: "plain forecasts" },
] as const;

export type Source = (typeof SOURCES)[number];

/** The part of a source. */
export function part(sources: Sources, source: Source): number {
  return sources[source.key];
}

/** The source that gives most. */
export function mainSource(sources: Sources): Source {
  return SOURCES.reduce((best, one) => (part(sources, one) > part(sources, best) ? one : best));
}

/** A known sequence with its number in the OEIS, as far as it has them; empty if neither. */
export function known(of: { name?: string | null; number?: string | null } | null): string {
  return [of?.name, of?.number].filter(Boolean).join(", ");
}

/** What the engine said: an answer, or why it refused. */
export type Outcome<T> = { value: T; refused?: never } | { value?: never; refused: string };
