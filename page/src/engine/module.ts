// The WebAssembly module: requests in JSON and files in, the same out. The twin of
// `crates/web/src/interface.rs`.

interface Exports {
  memory: WebAssembly.Memory;
  ninth_begin(): void;
  ninth_allocate(length: number): number;
  ninth_call(request: number, requestLength: number, blob: number, blobLength: number): number;
}

/** A request that the engine refused, with its reason. */
export class Refused extends Error {}

/** `(module (func (drop (f32x4.relaxed_madd ...))))`: valid where there is relaxed SIMD. */
const RELAXED = [
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02,
  0x01, 0x00, 0x0a, 0x14, 0x01, 0x12, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41,
  0x00, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x1a, 0x0b,
];

/** The file of the module with rules and formulas. */
export const ANSWERS = "answers.wasm";

/** The file of the fastest module that this browser takes. */
export function moduleFile(): string {
  // The body is 0x12 bytes: no locals, three splats, relaxed_madd, drop, end.
  const relaxed = Uint8Array.from(RELAXED);
  return WebAssembly.validate(relaxed) ? "engine-relaxed.wasm" : "engine.wasm";
}

export class EngineModule {
  private constructor(private readonly exports: Exports) {}

  /** Compiles a file of `moduleFile`. */
  static async load(url: string): Promise<EngineModule> {
    let exports: Exports | undefined;
    const host = {
      now: () => performance.now() / 1000,
      panicked: (pointer: number, length: number) => {
        const bytes = exports ? new Uint8Array(exports.memory.buffer, pointer, length) : undefined;
        throw new Error(new TextDecoder().decode(bytes?.slice()));
      },
    };
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`${url}: ${response.status} ${response.statusText}`);
    }
    // Some static servers do not know the type that streaming asks for.
    const streams = response.headers.get("Content-Type")?.startsWith("application/wasm");
    const { instance } = streams
      ? await WebAssembly.instantiateStreaming(response, { host })
      : await WebAssembly.instantiate(await response.arrayBuffer(), { host });
    exports = instance.exports as unknown as Exports;
    exports.ninth_begin();
    return new EngineModule(exports);
  }

  /** Carries out a request. Throws `Refused` where the engine refuses it. */
  call(request: object, blob: Uint8Array = new Uint8Array()): { value: unknown; blob: Uint8Array } {
    const text = new TextEncoder().encode(JSON.stringify(request));
    const rooms = [text, blob].map((bytes) => {
      const room = this.exports.ninth_allocate(bytes.length);
      new Uint8Array(this.exports.memory.buffer, room, bytes.length).set(bytes);
      return room;
    });
    const [request_, blob_] = rooms as [number, number];
    const place = this.exports.ninth_call(request_, text.length, blob_, blob.length);
    const words = [...new Uint32Array(this.exports.memory.buffer, place, 5)];
    const [done, json, jsonLength, file, fileLength] = words as [
      number,
      number,
      number,
      number,
      number,
    ];
    const bytes = (pointer: number, length: number) =>
      new Uint8Array(this.exports.memory.buffer, pointer, length).slice();
    const answer = new TextDecoder().decode(bytes(json, jsonLength));
    if (done !== 1) {
      throw new Refused(answer);
    }
    return { value: parse(answer), blob: bytes(file, fileLength) };
  }
}

/** JSON with integers that a number would round as texts. */
function parse(json: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? context?.source
      : value;
  return JSON.parse(json, reviver as (key: string, value: unknown) => unknown);
}
