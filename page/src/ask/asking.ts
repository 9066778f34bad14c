// A question is several requests, one after the other. Only the newest question counts.

import type { EngineClient } from "../engine/client";
import type {
  AttentionReport,
  ExplainReport,
  ModelName,
  PredictReport,
  Requests,
} from "../engine/protocol";
import type { Outcome } from "./reports";

export interface Question {
  text: string;
  model: ModelName;
}

/** The parts of an answer, in the order in which they come. */
export interface Parts {
  /** By the method that is best for the model. */
  answer: PredictReport;
  model: PredictReport;
  relations: PredictReport;
  blend: PredictReport;
  rules: ExplainReport;
  heads: AttentionReport;
}

/** Who is told of each part. */
export type Listener = { [Name in keyof Parts]: (outcome: Outcome<Parts[Name]>) => void };

/** Terms that follow. */
const COUNT = 8;
/** Candidates, and rules. */
const TOP = 5;
/** Terms that each rule goes on by. */
const COUNT_RULE = 4;

export class Asking {
  private newest = 0;

  constructor(private readonly engine: EngineClient) {}

  /**
   * Tells of each part when it comes. If the engine refuses the first, as with terms that it cannot
   * read, it is the only one. Whether this was the newest question to the end.
   */
  async ask({ text, model }: Question, listener: Listener): Promise<boolean> {
    const id = ++this.newest;
    const part = async <Name extends keyof Parts, Do extends keyof Requests>(
      name: Name,
      what: Do,
      request: Requests[Do]["ask"],
    ): Promise<Outcome<Parts[Name]> | null> => {
      // Whoever types asks anew before the rest of the old answer is worth its time.
      if (id !== this.newest) {
        return null;
      }
      const outcome = await this.engine.ask(what, request).then(
        (value) => ({ value: value as unknown as Parts[Name] }),
        (error: unknown) => ({ refused: error instanceof Error ? error.message : String(error) }),
      );
      if (id !== this.newest) {
        return null;
      }
      listener[name](outcome);
      return outcome;
    };
    const alone = (method: "model" | "relations" | "blend") =>
      part(method, "predict", { text, model, method, count: COUNT, top: TOP });

    const first = await part("answer", "predict", { text, model, count: COUNT, top: TOP });
    if (!first?.value) {
      return id === this.newest;
    }
    await alone("model");
    await alone("relations");
    if (first.value.method !== "blend") {
      await alone("blend");
    } else if (id === this.newest) {
      listener.blend(first);
    }
    await part("rules", "explain", { text, model, count: COUNT_RULE, top: TOP });
    await part("heads", "attention", { text, model });
    return id === this.newest;
  }

  /** The question under way counts no more. */
  drop(): void {
    this.newest++;
  }
}
