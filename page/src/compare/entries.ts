// What is compared: kept runs, and the training of the page.

import { Curves } from "../charts/curves";
import type { Tone } from "../charts/data";
import type { EngineClient } from "../engine/client";
import type { Choices, ConfigSummary, KeptRun } from "../engine/protocol";

export interface Entry {
  /** The id of a kept run; `null`: the training of the page. */
  id: string | null;
  name: string;
  /** The name without what all names have. */
  short: string;
  choices: Choices | null;
  config: ConfigSummary;
  steps: number;
  seconds: number;
  curves: Curves;
  tone: Tone;
  /** The pattern of dashes, where all colours are taken. */
  dash: number;
}

const UNDER_WAY = "under way";
const NOT_KEPT = "not kept";
/** Colours and patterns, so that neighbours differ in both. */
const TONES = 6;
const DASHES = 4;

export class Entries {
  private readonly kept = new Map<string, Curves>();
  private current = new Curves();

  constructor(private readonly engine: EngineClient) {
    this.current = new Curves(engine.lines);
    engine.on("training", ({ lines, anew }) => {
      if (anew) {
        this.current = new Curves(lines);
      } else {
        this.current.add(lines);
      }
    });
  }

  all(): Entry[] {
    const { training, runs } = this.engine;
    const shorts = withoutCommon(runs.map(({ name }) => name));
    const entries = runs.map((run, i) => {
      const { id, name, choices, config, steps, seconds } = run;
      const short = shorts[i] ?? name;
      const shown = { curves: this.curvesOf(run), ...look(i) };
      return { id, name, short, choices, config, steps, seconds, ...shown };
    });
    if (!training || training.step === 0 || (training.ending !== null && this.isKept())) {
      return entries;
    }
    const { choices, config, step, seconds } = training;
    const name = training.ending === null ? UNDER_WAY : NOT_KEPT;
    const current = { id: null, name, short: name, choices, config, steps: step, seconds };
    return [...entries, { ...current, curves: this.current, tone: "ink", dash: 0 }];
  }

  /** Whether a kept run has all of the training. */
  private isKept(): boolean {
    const { training, lines, runs } = this.engine;
    const text = training?.config.text;
    return runs.some((run) => run.config.text === text && run.events.length === lines.length);
  }

  private curvesOf(run: KeptRun): Curves {
    const curves = this.kept.get(run.id) ?? new Curves(run.events);
    this.kept.set(run.id, curves);
    return curves;
  }
}

/** Names without those of their parts, as `strong, layers=2` has two, that all of them have. */
function withoutCommon(names: string[]): string[] {
  const lists = names.map((name) => name.split(", "));
  return lists.map((parts, i) => {
    const own = parts.filter((part) => !lists.every((other) => other.includes(part)));
    return own.join(", ") || (names[i] ?? "");
  });
}

function look(index: number): { tone: Tone; dash: number } {
  return { tone: ((index % TONES) + 1) as Tone, dash: Math.floor(index / TONES) % DASHES };
}
