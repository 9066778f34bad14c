// What the page asks of the engine, and what it answers: the twin of `crates/web/src/request.rs`
// and of the library's types.

/** A config: a preset with assignments on top, `key=value` texts. */
export interface Choices {
  preset: string;
  set: string[];
}

/**
 * A model: `built-in`, the name of a loaded one, `training` (the weights of now), `best` (those
 * that validation liked best) or `start` (those that the training began with).
 */
export type ModelName = string;

export type Value = number | boolean | string;

/** The requests with their answers. */
export interface Requests {
  describe: { ask: object; answer: Description };
  config: { ask: { config: Choices }; answer: ConfigSummary };
  limit: { ask: { config: Choices }; answer: LimitReport };
  sample: {
    ask: { config: Choices; phase?: string; seed?: number; count: number };
    answer: SampledSequence[];
  };
  predict: {
    ask: { text: string; count?: number; top?: number; method?: string; model?: ModelName };
    answer: PredictReport;
  };
  explain: {
    ask: { text: string; count?: number; top?: number; model?: ModelName };
    answer: ExplainReport;
  };
  judge: { ask: { model: ModelName; count: number; seed?: number }; answer: Judged[] };
  attention: { ask: { text: string; model: ModelName }; answer: AttentionReport };
  embedding: { ask: { model: ModelName }; answer: EmbeddingReport };
  /** The answer's blob is a file of weights. */
  weights: { ask: { model: ModelName }; answer: null };
  /** The blob of the request is a file of weights. */
  load: { ask: { model: ModelName }; answer: Loaded };
  forget: { ask: { model: ModelName }; answer: null };
}

export interface Description {
  version: string;
  keys: KeyDescription[];
  presets: { name: string; meaning: string; values: Value[] }[];
  decisions: DecisionDescription[];
  phases: Described[];
  families: { name: string; meaning: string; phase: string }[];
  metrics: [name: string, higherIsBetter: boolean][];
}

export interface Described {
  name: string;
  meaning: string;
}

export interface KeyDescription {
  /** `section.key` */
  key: string;
  meaning: string;
  default: Value;
  allowed: string;
  bounds: [number, number] | null;
  choices: Described[];
}

export interface DecisionDescription {
  name: string;
  meaning: string;
  options: { name: string; assignments: string[]; relative: boolean }[];
}

export interface ConfigSummary {
  /** In the order of `Description.keys`. */
  values: Value[];
  /** The config as a file. */
  text: string;
  notes: string[];
  parameters: number;
  steps: number;
  phases: Record<string, number>;
}

export interface Metrics {
  share?: number;
  loss?: number;
  cross_entropy?: number;
  accuracy_last?: number;
  accuracy_all?: number;
  accuracy_whole?: number;
  distance?: number;
  accuracy_by_position?: number[];
}

export interface LimitReport {
  relations: number;
  probability: number;
  seconds: number;
  all: Metrics;
  phases: Record<string, Metrics>;
  families: Record<string, Metrics>;
}

export interface SampledSequence {
  family: string;
  phase: number;
  terms: number[];
  formula: string;
}

export interface Judged extends SampledSequence {
  /** The predicted last term. */
  predicted: number;
  probability: number | null;
  /** The probability of the right term. */
  right: number | null;
}

/** Probabilities by whom they come from. */
export interface Sources {
  rules: number;
  model: number;
  forecasts: number;
}

/** Integers of any size: as text where a number would lose digits. */
export type Integer = number | string;

export interface PredictReport {
  terms: Integer[];
  ignored: number;
  next: Integer[];
  candidates: {
    term: Integer;
    probability: number | null;
    sources: Sources;
    formula: string | null;
    latex: string | null;
    name: string | null;
    number: string | null;
    rule_probability: number | null;
  }[];
  other: number | null;
  shares: Sources;
  beyond_range: number | null;
  model: string;
  method: string;
  decoding: string | null;
}

export interface ExplainReport {
  terms: Integer[];
  confidence: number;
  found: number;
  relations: {
    formula: string;
    latex: string;
    probability: number;
    name: string | null;
    number: string | null;
    /** How it goes on. */
    next: Integer[];
  }[];
  beginning: { terms: number; formula: string; name: string | null; number: string | null } | null;
}

export interface AttentionReport {
  terms: Integer[];
  /** How many of them, from the first, the model does not see. */
  ignored: number;
  /** By layer and head: how much each position looks at each one, `[T][T]`; rows add up to 1. */
  layers: number[][][][];
}

/** A picture of the embedding: a point for each integer. */
export interface EmbeddingReport {
  terms: number[];
  x: number[];
  y: number[];
  /** The shares of the variance that the two directions have. */
  variance: [number, number];
}

export interface Loaded {
  config: ConfigSummary;
  /** Steps that it was trained for. */
  steps: number;
}

/** A line of a training's log. `train/loss`, `validation/accuracy_last`, `phase_simple/...`, ... */
export type LogLine = {
  event: "progress" | "validation" | "diverging";
  step: number;
  epoch?: number;
  accuracy_by_position?: number[];
  advice?: string;
} & { [scalar: string]: number | string | number[] | undefined };

/** The state of the training of the page. */
export interface TrainingState {
  /** What was chosen. */
  choices: Choices;
  config: ConfigSummary;
  /** What computes it. */
  engine: string;
  step: number;
  running: boolean;
  /** `complete`, `early stopping`, or why it failed. */
  ending: string | null;
  failed: boolean;
  /** The step of the best weights so far. */
  best: number | null;
  /** Seconds spent in steps and validations. */
  seconds: number;
  /** Over the last seconds; 0 while it rests. */
  stepsPerSecond: number;
  /** The model that it began with, for people; `null`: random weights. */
  from: string | null;
}

/** A run that is kept to be compared. Its weights are a model `kept-ID` in the engine. */
export interface KeptRun {
  id: string;
  name: string;
  /** Milliseconds since 1970. */
  created: number;
  /** `null` for weights that were uploaded. */
  choices: Choices | null;
  config: ConfigSummary;
  steps: number;
  seconds: number;
  events: LogLine[];
}

/** Messages to the worker. */
export type ToWorker =
  | { kind: "ask"; id: number; request: object; blob?: ArrayBuffer }
  | { kind: "start"; id: number; choices: Choices; from: ModelName | null }
  | { kind: "run" }
  | { kind: "pause" }
  | { kind: "step"; steps: number }
  | { kind: "drop" }
  | { kind: "save" }
  | { kind: "keep"; id: number; name: string; model: ModelName }
  | { kind: "upload"; id: number; name: string; blob: ArrayBuffer }
  | { kind: "rename"; run: string; name: string }
  | { kind: "remove"; run: string };

/** Messages of the worker. */
export type FromWorker =
  | { kind: "ready"; runs: KeptRun[]; module: string }
  | { kind: "failed"; message: string }
  | { kind: "answer"; id: number; value?: unknown; blob?: ArrayBuffer; error?: string }
  /** A training, and the lines since the last message; all of them if `anew`. */
  | { kind: "training"; state: TrainingState | null; lines: LogLine[]; anew: boolean }
  | { kind: "runs"; runs: KeptRun[] }
  | { kind: "warning"; message: string };
