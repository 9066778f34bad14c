// What outlives the page: the training under way, and kept runs, in the browser's own database.

import type { Choices, ConfigSummary, KeptRun, LogLine } from "./protocol";

/** A training as it is stored. */
export interface StoredTraining {
  choices: Choices;
  checkpoint: ArrayBuffer;
  lines: LogLine[];
  seconds: number;
  from: string | null;
  ending: string | null;
}

/** A kept run with its weights. */
export interface StoredRun extends KeptRun {
  weights: ArrayBuffer;
}

export type { ConfigSummary };

const STORES = ["training", "runs"] as const;
/** The only training has this key. */
const CURRENT = "current";

export class Storage {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(): Promise<Storage> {
    const request = indexedDB.open("ninth", 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) {
        request.result.createObjectStore(store);
      }
    };
    return new Storage(await done(request));
  }

  training(): Promise<StoredTraining | undefined> {
    return done(this.store("training", "readonly").get(CURRENT));
  }

  async saveTraining(training: StoredTraining): Promise<void> {
    await done(this.store("training", "readwrite").put(training, CURRENT));
  }

  async dropTraining(): Promise<void> {
    await done(this.store("training", "readwrite").delete(CURRENT));
  }

  async runs(): Promise<StoredRun[]> {
    const runs: StoredRun[] = await done(this.store("runs", "readonly").getAll());
    return runs.sort((one, two) => one.created - two.created);
  }

  async saveRun(run: StoredRun): Promise<void> {
    await done(this.store("runs", "readwrite").put(run, run.id));
  }

  async removeRun(id: string): Promise<void> {
    await done(this.store("runs", "readwrite").delete(id));
  }

  private store(name: (typeof STORES)[number], mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(name, mode).objectStore(name);
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database failed"));
  });
}
