// The page's side of the worker.

import type {
  Choices,
  FromWorker,
  KeptRun,
  LogLine,
  ModelName,
  Requests,
  ToWorker,
  TrainingState,
} from "./protocol";

interface Pending {
  resolve(answer: { value: unknown; blob: ArrayBuffer | undefined }): void;
  reject(error: Error): void;
}

/** What a listener may hear of. */
interface Heard {
  /** The engine can be asked; the name of its module. */
  ready: string;
  /** The engine is gone; why. */
  failed: string;
  warning: string;
  /** The training has changed; the lines of its log that are new, or all if `anew`. */
  training: { state: TrainingState | null; lines: LogLine[]; anew: boolean };
  runs: KeptRun[];
}

type Listeners = { [Name in keyof Heard]: Set<(heard: Heard[Name]) => void> };

/** The engine in its worker. */
export class EngineClient {
  /** The training of the page. */
  training: TrainingState | null = null;
  /** All lines of its log. */
  lines: LogLine[] = [];
  /** Kept runs. */
  runs: KeptRun[] = [];

  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private next = 0;
  private readonly listeners: Listeners = {
    ready: new Set(),
    failed: new Set(),
    warning: new Set(),
    training: new Set(),
    runs: new Set(),
  };

  constructor(url: string) {
    this.worker = new Worker(url);
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
    this.worker.onerror = (event) => {
      this.tell("failed", event.message || "the worker of this page cannot be started");
    };
  }

  /** Calls `listener` from now on; the result ends that. */
  on<Name extends keyof Heard>(name: Name, listener: (heard: Heard[Name]) => void): () => void {
    this.listeners[name].add(listener);
    return () => this.listeners[name].delete(listener);
  }

  /** Asks for something. Rejects with the engine's reason where it refuses. */
  async ask<Name extends keyof Requests>(
    name: Name,
    request: Requests[Name]["ask"],
  ): Promise<Requests[Name]["answer"]> {
    const { value } = await this.send((id) => ({
      kind: "ask",
      id,
      request: { do: name, ...request },
    }));
    return value as Requests[Name]["answer"];
  }

  /** The weights of a model as a file that the program reads. */
  async weights(model: ModelName): Promise<Blob> {
    const { blob } = await this.send((id) => ({
      kind: "ask",
      id,
      request: { do: "weights", model },
    }));
    return new Blob([blob ?? new ArrayBuffer(0)], { type: "application/octet-stream" });
  }

  /** Begins a training, which rests until `run`. One that was there is dropped. */
  async start(choices: Choices, from: ModelName | null = null): Promise<void> {
    await this.send((id) => ({ kind: "start", id, choices, from }));
  }

  run(): void {
    this.post({ kind: "run" });
  }

  pause(): void {
    this.post({ kind: "pause" });
  }

  step(steps = 1): void {
    this.post({ kind: "step", steps });
  }

  /** Forgets the training. */
  drop(): void {
    this.post({ kind: "drop" });
  }

  /** Stores the training in the browser now. */
  save(): void {
    this.post({ kind: "save" });
  }

  /** Keeps the run under way, with the best weights or those of now. Gives its id. */
  async keep(name: string, model: "best" | "training" = "best"): Promise<string> {
    return (await this.send((id) => ({ kind: "keep", id, name, model }))).value as string;
  }

  /** Keeps the weights of a file that the program wrote. Gives the id of the run. */
  async upload(name: string, file: Blob): Promise<string> {
    const blob = await file.arrayBuffer();
    return (await this.send((id) => ({ kind: "upload", id, name, blob }), [blob])).value as string;
  }

  rename(run: string, name: string): void {
    this.post({ kind: "rename", run, name });
  }

  remove(run: string): void {
    this.post({ kind: "remove", run });
  }

  private send(
    message: (id: number) => ToWorker,
    transfer: Transferable[] = [],
  ): Promise<{ value: unknown; blob: ArrayBuffer | undefined }> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage(message(id), transfer);
    });
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.runs = message.runs;
        this.tell("runs", message.runs);
        this.tell("ready", message.module);
        break;
      case "failed":
        for (const { reject } of this.pending.values()) {
          reject(new Error(message.message));
        }
        this.pending.clear();
        this.tell("failed", message.message);
        break;
      case "warning":
        this.tell("warning", message.message);
        break;
      case "training":
        this.training = message.state;
        this.lines = message.anew ? message.lines : [...this.lines, ...message.lines];
        this.tell("training", message);
        break;
      case "runs":
        this.runs = message.runs;
        this.tell("runs", message.runs);
        break;
      case "answer": {
        const pending = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (message.error !== undefined) {
          pending?.reject(new Error(message.error));
        } else {
          pending?.resolve({ value: message.value, blob: message.blob });
        }
      }
    }
  }

  private tell<Name extends keyof Heard>(name: Name, heard: Heard[Name]): void {
    for (const listener of this.listeners[name]) {
      listener(heard);
    }
  }
}
