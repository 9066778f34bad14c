// A causal transformer of the shape of one of ninth's presets, in operations of TensorFlow.js.
//
// It runs in a browser, on the backend that is set when it is called. What it has in common with
// ninth, and what it leaves out, is in run.mjs.

/** The shapes: `crates/training/presets/quick.toml` and the defaults, which are `design`. */
export const SHAPES = {
  design: {
    batch: 32,
    width: 2,
    layers: 2,
    heads: 2,
    feedForward: 32,
    normalised: false,
    embedding: "pair",
    learningRate: 0.01,
  },
  quick: {
    batch: 64,
    width: 48,
    layers: 1,
    heads: 4,
    feedForward: 192,
    normalised: true,
    embedding: "frequency",
    learningRate: 0.01,
  },
};

export const CLASSES = 256;
export const CONTEXT = 8;
const EPSILON = 1e-5;

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Tokens and targets, `[batch * CONTEXT]` each, of sequences that count up from anywhere. */
export function draw(tf, batch, next) {
  const tokens = [];
  const targets = [];
  for (let sequence = 0; sequence < batch; sequence++) {
    const first = Math.floor(next() * CLASSES);
    for (let t = 0; t < CONTEXT; t++) {
      tokens.push((first + t) % CLASSES);
      targets.push((first + t + 1) % CLASSES);
    }
  }
  return { tokens: tf.tensor1d(tokens, "int32"), targets: tf.tensor1d(targets, "int32") };
}

/** Row by row: the share of the largest number, then sine and cosine for each wavelength. */
function frequencies(count, wavelengths) {
  return Array.from({ length: count }, (_, n) => {
    const waves = wavelengths.flatMap((w) => {
      const angle = (2 * Math.PI * n) / w;
      return [Math.sin(angle), Math.cos(angle)];
    });
    return [n / (count - 1), ...waves];
  });
}

/** The rows of the embedding's tables: of the classes and of the positions. */
function tables(kind) {
  if (kind === "pair") {
    return [frequencies(CLASSES, []), frequencies(CONTEXT, [])];
  }
  const small = Array.from({ length: 15 }, (_, i) => i + 2);
  return [
    frequencies(CLASSES, [...small, 32, 64, 128, 256, 512]),
    frequencies(CONTEXT, [2, 4, 8, 16]),
  ];
}

/**
 * A model with its optimizer. `rowGradient` says how the gradient of a learned table is made: by
 * "segments", as TensorFlow.js does, which the backend wasm lacks, or as a "product" with one-hot
 * vectors.
 */
export function build(tf, shape, rowGradient, seed) {
  const { batch, width, layers, heads, feedForward, normalised } = shape;
  const next = random(seed);
  const rows = batch * CONTEXT;
  const headWidth = width / heads;

  const linear = (inputs, outputs) => {
    const limit = Math.sqrt(3 / inputs);
    const values = Float32Array.from({ length: inputs * outputs }, () => (2 * next() - 1) * limit);
    const weight = tf.variable(tf.tensor2d(values, [inputs, outputs]));
    const bias = tf.variable(tf.zeros([outputs]));
    // One kernel for the product and the bias. The gradient is written out, because TensorFlow.js's
    // own one transposes within the product, where wasm is slow: `quick` takes 2.4 times as long.
    const product = tf.customGrad((x, weight, bias, save) => {
      save([x, weight]);
      const gradFunc = (dy, [x, weight]) => [
        tf.matMul(dy, weight.transpose()),
        tf.matMul(x.transpose(), dy),
        dy.sum(0),
      ];
      return { value: tf.fused.matMul({ a: x, b: weight, bias }), gradFunc };
    });
    return (x) => product(x, weight, bias);
  };

  const layerNorm = () => {
    if (!normalised) {
      return (x) => x;
    }
    const weight = tf.variable(tf.ones([width]));
    const bias = tf.variable(tf.zeros([width]));
    return (x) => {
      const centred = x.sub(x.mean(1, true));
      const variance = centred.square().mean(1, true);
      return centred.mul(variance.add(EPSILON).rsqrt()).mul(weight).add(bias);
    };
  };

  const embedding = () => {
    const learned = shape.embedding !== "pair";
    const [classes, positions] = tables(shape.embedding).map((table) =>
      learned ? tf.variable(tf.tensor2d(table)) : tf.tensor2d(table),
    );
    const project = learned ? linear(classes.shape[1] + positions.shape[1], width) : (x) => x;
    const byProduct = (tokens) => (classes, save) => {
      save([tokens]);
      const gradFunc = (dy, [tokens]) =>
        tf.matMul(tf.oneHot(tokens, CLASSES).toFloat().transpose(), dy);
      return { value: tf.gather(classes, tokens), gradFunc };
    };
    const row = (tokens) =>
      learned && rowGradient === "product"
        ? tf.customGrad(byProduct(tokens))(classes)
        : tf.gather(classes, tokens);
    return (tokens) => project(tf.concat([row(tokens), positions.tile([batch, 1])], 1));
  };

  const later = Array.from({ length: CONTEXT }, (_, t) =>
    Array.from({ length: CONTEXT }, (_, s) => (s > t ? -1e9 : 0)),
  );
  const mask = tf.tensor2d(later);

  const attention = () => {
    const input = linear(width, 3 * width);
    const output = linear(width, width);
    const split = (x) => x.reshape([batch, CONTEXT, heads, headWidth]).transpose([0, 2, 1, 3]);
    return (x) => {
      const [queries, keys, values] = tf.split(input(x), 3, 1).map(split);
      const scores = tf.matMul(queries, keys, false, true).mul(1 / Math.sqrt(headWidth));
      const weights = tf.softmax(scores.add(mask));
      const attended = tf.matMul(weights, values).transpose([0, 2, 1, 3]);
      return output(attended.reshape([rows, width]));
    };
  };

  const gelu = (x) => x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5));

  const feedForwardLayer = () => {
    const input = linear(width, feedForward);
    const output = linear(feedForward, width);
    return (x) => output(gelu(input(x)));
  };

  const embed = embedding();
  const residuals = Array.from({ length: layers }, () => [
    [layerNorm(), attention()],
    [layerNorm(), feedForwardLayer()],
  ]).flat();
  const finalNorm = layerNorm();
  const head = linear(width, CLASSES);
  // The default of the last one is 1e-4 in webgl, even where that computes in single precision.
  const optimizer = tf.train.adam(shape.learningRate, 0.9, 0.999, 1e-8);

  const loss = ({ tokens, targets }) => {
    const x = residuals.reduce((x, [norm, layer]) => x.add(layer(norm(x))), embed(tokens));
    const logits = head(finalNorm(x));
    return tf.losses.softmaxCrossEntropy(tf.oneHot(targets, CLASSES), logits);
  };
  return {
    /** One step; with `ask`, the loss before it, which has to be disposed of. */
    step: (data, ask) => optimizer.minimize(() => loss(data), ask),
  };
}

/** The seconds that `steps` steps take, to the end of the last one. */
async function timed(model, batches, steps) {
  const began = performance.now();
  for (let i = 0; i < steps - 1; i++) {
    model.step(batches[i % batches.length], false);
  }
  // Backends may queue what they are told; a loss that is read has been computed.
  const loss = model.step(batches[(steps - 1) % batches.length], true);
  await loss.data();
  loss.dispose();
  return (performance.now() - began) / 1000;
}

const kept = new Map();

/** Sets a backend, with a model and batches that stay from call to call. */
async function prepare(tf, backend, name, rowGradient) {
  if (!(await tf.setBackend(backend))) {
    throw new Error(`the backend ${backend} cannot be set`);
  }
  const key = [backend, name, rowGradient].join(" ");
  if (!kept.has(key)) {
    const shape = SHAPES[name];
    const next = random(1);
    const batches = Array.from({ length: 64 }, () => draw(tf, shape.batch, next));
    kept.set(key, { model: build(tf, shape, rowGradient, 0), batches });
  }
  return kept.get(key);
}

/** The losses of the first `steps` steps. */
export async function learn(tf, backend, name, rowGradient, steps) {
  const { model, batches } = await prepare(tf, backend, name, rowGradient);
  const losses = [];
  for (let i = 0; i < steps; i++) {
    const loss = model.step(batches[i % batches.length], true);
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  return losses;
}

/** Steps per second over about `seconds`, after some to warm up. */
export async function rate(tf, backend, name, rowGradient, seconds) {
  const { model, batches } = await prepare(tf, backend, name, rowGradient);
  const few = 3;
  await timed(model, batches, few);
  const each = (await timed(model, batches, few)) / few;
  const steps = Math.max(few, Math.round(seconds / each));
  return steps / (await timed(model, batches, steps));
}
