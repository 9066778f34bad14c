// The worker: the engine, its one training, and what of it outlives the page.

import { ANSWERS, EngineModule, moduleFile, Refused } from "./module";
import type {
  Choices,
  ConfigSummary,
  FromWorker,
  KeptRun,
  Loaded,
  LogLine,
  ModelName,
  ToWorker,
  TrainingState,
} from "./protocol";
import { Storage, type StoredRun } from "./storage";

/** Milliseconds of training between two looks at the messages of the page. */
const TURN = 40;
/** Milliseconds between two reports to the page. */
const REPORT = 100;
/** Milliseconds between two times that the training is stored. */
const SAVE = 5000;
/** Milliseconds over which the steps per second are taken. */
const RATE = 2000;

const BUILT_IN = "built-in";
/** The models of the training, which change. */
const OF_TRAINING = ["training", "best", "start"];
const WEIGHTS = "weights.safetensors";

interface Started {
  config: ConfigSummary;
  step: number;
  engine: string;
}

interface Advanced {
  step: number;
  events: LogLine[];
  ending: string | null;
  best: number | null;
}

interface Training {
  state: TrainingState;
  lines: LogLine[];
  /** How many of the lines the page has. */
  reported: number;
}

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = (message: FromWorker, transfer: Transferable[] = []) =>
  scope.postMessage(message, transfer);
const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

class Worker_ {
  private training: Training | null = null;
  private runs: StoredRun[] = [];
  /** The module with rules and formulas, larger than the one that trains. */
  private answers: Promise<EngineModule> | null = null;
  /** The file of the built-in model. */
  private builtIn: Promise<Uint8Array> | null = null;
  /** The models that each module has. */
  private readonly loaded = new Map<EngineModule, Set<ModelName>>();
  private lastReport = 0;
  private lastSave = 0;
  private marks: { time: number; step: number }[] = [];
  private readonly turn = new MessageChannel();

  constructor(
    private readonly engine: EngineModule,
    private readonly storage: Storage | null,
  ) {
    this.turn.port1.onmessage = () => this.advance();
  }

  /** Takes up what the browser has stored. */
  async begin(module: string): Promise<void> {
    try {
      this.runs = (await this.storage?.runs()) ?? [];
      post({ kind: "ready", runs: this.runs.map(withoutWeights), module });
      const stored = await this.storage?.training();
      if (stored) {
        const request = { do: "restore" };
        const { value } = this.engine.call(request, new Uint8Array(stored.checkpoint));
        this.take(value as Started, stored.choices, stored.from);
        const training = this.training as Training | null;
        if (training) {
          training.lines = stored.lines;
          training.state.seconds = stored.seconds;
          training.state.ending = stored.ending;
          training.state.best = lastBest(stored.lines);
        }
      }
    } catch (error) {
      post({ kind: "warning", message: `What the browser had stored is lost: ${reason(error)}` });
    }
    this.report(true);
  }

  async receive(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "ask":
        return this.answer(message.id, async () => {
          const request = message.request as { do: string; model?: ModelName };
          const blob = message.blob ? new Uint8Array(message.blob) : undefined;
          return request.do === "predict" || request.do === "explain"
            ? this.askAnswers(request)
            : (await this.withModel(this.engine, request.model)).call(request, blob);
        });
      case "start":
        return this.answer(message.id, async () => {
          await this.withModel(this.engine, message.from ?? undefined);
          const request = { do: "start", config: message.choices, from: message.from };
          const { value } = this.engine.call(request);
          this.take(value as Started, message.choices, message.from);
          this.report(true);
          return { value: null };
        });
      case "run":
        return this.run();
      case "pause":
        return this.pause();
      case "step":
        return this.step(message.steps);
      case "drop":
        this.training = null;
        this.report(true);
        await this.storage?.dropTraining();
        return;
      case "save":
        return this.save();
      case "keep":
        return this.answer(message.id, async () => ({
          value: await this.keep(message.name, message.model),
        }));
      case "upload":
        return this.answer(message.id, async () => ({
          value: await this.upload(message.name, message.blob),
        }));
      case "rename": {
        const run = this.runs.find((run) => run.id === message.run);
        if (run) {
          run.name = message.name;
          await this.storage?.saveRun(run);
        }
        return this.reportRuns();
      }
      case "remove":
        this.runs = this.runs.filter((run) => run.id !== message.run);
        for (const [module, loaded] of this.loaded) {
          if (loaded.delete(modelOf(message.run))) {
            module.call({ do: "forget", model: modelOf(message.run) });
          }
        }
        await this.storage?.removeRun(message.run);
        return this.reportRuns();
    }
  }

  private async answer(
    id: number,
    work: () => Promise<{ value: unknown; blob?: Uint8Array }>,
  ): Promise<void> {
    try {
      const { value, blob } = await work();
      const buffer = blob?.length ? (blob.buffer as ArrayBuffer) : undefined;
      post({ kind: "answer", id, value, ...(buffer && { blob: buffer }) }, buffer ? [buffer] : []);
    } catch (error) {
      post({ kind: "answer", id, error: reason(error) });
      if (!(error instanceof Refused)) {
        throw error;
      }
    }
  }

  /** Asks what follows, or why, from the module that knows. */
  private async askAnswers(request: { do: string; model?: ModelName }) {
    this.answers ??= once(EngineModule.load(ANSWERS), () => (this.answers = null));
    const answers = await this.answers;
    const model = request.model ?? BUILT_IN;
    if (!OF_TRAINING.includes(model)) {
      return (await this.withModel(answers, model)).call({ ...request, model });
    }
    const { blob } = this.engine.call({ do: "weights", model });
    answers.call({ do: "load", model: "asked" }, blob);
    return answers.call({ ...request, model: "asked" });
  }

  /** A module that has a model, which is loaded where that was not done. */
  private async withModel(module: EngineModule, model?: ModelName): Promise<EngineModule> {
    const loaded = this.loaded.get(module) ?? new Set();
    this.loaded.set(module, loaded);
    if (model !== undefined && !loaded.has(model)) {
      const run = this.runs.find((run) => modelOf(run.id) === model);
      const weights = run ? new Uint8Array(run.weights) : undefined;
      const file = model === BUILT_IN ? await this.builtInFile() : weights;
      if (file) {
        module.call({ do: "load", model }, file);
        loaded.add(model);
      }
    }
    return module;
  }

  private builtInFile(): Promise<Uint8Array> {
    const fetched = async () => {
      const response = await fetch(WEIGHTS);
      if (!response.ok) {
        throw new Refused(`${WEIGHTS}: ${response.status} ${response.statusText}`);
      }
      return new Uint8Array(await response.arrayBuffer());
    };
    this.builtIn ??= once(fetched(), () => (this.builtIn = null));
    return this.builtIn;
  }

  private take(started: Started, choices: Choices, from: string | null): void {
    const state: TrainingState = {
      choices,
      config: started.config,
      engine: started.engine,
      step: started.step,
      running: false,
      ending: null,
      failed: false,
      best: null,
      seconds: 0,
      stepsPerSecond: 0,
      from,
    };
    this.training = { state, lines: [], reported: 0 };
  }

  private run(): void {
    const state = this.training?.state;
    if (state && !state.running && state.ending === null) {
      state.running = true;
      this.marks = [];
      this.report(false);
      this.turn.port2.postMessage(null);
    }
  }

  private async pause(): Promise<void> {
    const state = this.training?.state;
    if (state?.running) {
      state.running = false;
      state.stepsPerSecond = 0;
      this.report(false);
      await this.save();
    }
  }

  private async step(steps: number): Promise<void> {
    const state = this.training?.state;
    if (state && !state.running && state.ending === null) {
      this.train(600_000, steps);
      this.report(false);
      await this.save();
    }
  }

  /** A turn of a running training. */
  private advance(): void {
    const state = this.training?.state;
    if (!state?.running) {
      return;
    }
    this.train(TURN);
    const now = performance.now();
    this.marks.push({ time: now, step: state.step });
    while (this.marks.length > 2 && now - (this.marks[0]?.time ?? now) > RATE) {
      this.marks.shift();
    }
    const first = this.marks[0];
    if (first && now > first.time) {
      state.stepsPerSecond = (1000 * (state.step - first.step)) / (now - first.time);
    }
    if (state.ending !== null) {
      state.running = false;
      state.stepsPerSecond = 0;
    }
    if (now - this.lastReport >= REPORT || !state.running) {
      this.report(false);
    }
    if (now - this.lastSave >= SAVE || !state.running) {
      void this.save();
    }
    if (state.running) {
      this.turn.port2.postMessage(null);
    }
  }

  private train(milliseconds: number, steps: number | null = null): void {
    const training = this.training as Training;
    const began = performance.now();
    try {
      const { value } = this.engine.call({ do: "advance", milliseconds, steps });
      const { step, events, ending, best } = value as Advanced;
      training.lines.push(...events);
      Object.assign(training.state, { step, ending, best });
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      Object.assign(training.state, { ending: error.message, failed: true, running: false });
    }
    training.state.seconds += (performance.now() - began) / 1000;
  }

  /** Tells the page about the training. */
  private report(anew: boolean): void {
    const training = this.training;
    this.lastReport = performance.now();
    if (!training) {
      post({ kind: "training", state: null, lines: [], anew: true });
      return;
    }
    const lines = training.lines.slice(anew ? 0 : training.reported);
    training.reported = training.lines.length;
    post({ kind: "training", state: training.state, lines, anew });
  }

  private async save(): Promise<void> {
    this.lastSave = performance.now();
    const training = this.training;
    if (!training || !this.storage || training.state.failed) {
      return;
    }
    const { choices, seconds, from, ending } = training.state;
    const { blob } = this.engine.call({ do: "checkpoint" });
    const checkpoint = blob.buffer as ArrayBuffer;
    const { lines } = training;
    try {
      await this.storage.saveTraining({ choices, checkpoint, lines, seconds, from, ending });
    } catch (error) {
      post({ kind: "warning", message: `The training cannot be stored: ${reason(error)}` });
    }
  }

  private async keep(name: string, model: ModelName): Promise<string> {
    const training = this.training;
    if (!training) {
      throw new Refused("no training was started");
    }
    const { choices, config, step, seconds, best } = training.state;
    const { blob } = this.engine.call({ do: "weights", model });
    const steps = model === "best" ? (best ?? step) : step;
    const events = [...training.lines];
    return this.add({ name, choices, config, steps, seconds, events }, blob);
  }

  private async upload(name: string, blob: ArrayBuffer): Promise<string> {
    const weights = new Uint8Array(blob);
    const { value } = this.engine.call({ do: "load", model: "uploaded" }, weights);
    this.engine.call({ do: "forget", model: "uploaded" });
    const { config, steps } = value as Loaded;
    return this.add({ name, choices: null, config, steps, seconds: 0, events: [] }, weights);
  }

  private async add(run: Omit<KeptRun, "id" | "created">, weights: Uint8Array): Promise<string> {
    const id = crypto.randomUUID().slice(0, 8);
    const stored = { ...run, id, created: Date.now(), weights: weights.slice().buffer };
    this.runs.push(stored);
    this.reportRuns();
    try {
      await this.storage?.saveRun(stored);
    } catch (error) {
      post({ kind: "warning", message: `The run cannot be stored: ${reason(error)}` });
    }
    return id;
  }

  private reportRuns(): void {
    post({ kind: "runs", runs: this.runs.map(withoutWeights) });
  }
}

/** A promise after whose failure the next one is made anew. */
function once<T>(promise: Promise<T>, failed: () => void): Promise<T> {
  promise.catch(failed);
  return promise;
}

function modelOf(run: string): ModelName {
  return `kept-${run}`;
}

function withoutWeights({ weights: _, ...run }: StoredRun): KeptRun {
  return run;
}

/** The step of the best validation so far, by its loss. */
function lastBest(lines: LogLine[]): number | null {
  const loss = (line: LogLine) => Number(line["validation/loss"] ?? Infinity);
  const validations = lines.filter((line) => line.event === "validation");
  const best = validations.reduce<LogLine | null>(
    (best, line) => (best === null || loss(line) < loss(best) ? line : best),
    null,
  );
  return best?.step ?? null;
}

async function main(): Promise<void> {
  const waiting: ToWorker[] = [];
  let worker: Worker_ | null = null;
  const failed = (error: unknown) => post({ kind: "failed", message: reason(error) });
  scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (worker) {
      worker.receive(data).catch(failed);
    } else {
      waiting.push(data);
    }
  };
  const file = moduleFile();
  const engine = await EngineModule.load(file);
  // A private window may have no database.
  const storage = await Storage.open().catch(() => null);
  const begun = new Worker_(engine, storage);
  await begun.begin(file);
  worker = begun;
  for (const message of waiting) {
    begun.receive(message).catch(failed);
  }
}

main().catch((error: unknown) => post({ kind: "failed", message: reason(error) }));
