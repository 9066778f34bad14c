//! The model from the terms to the logits, as the nodes of a graph: a function for each part, in
//! the order of [`ninth_model::transformer`]. Dropout is no part of it.
//!
//! B, L, C, H, D, V: the batch, the length, the width of the model, its heads, their width, the
//! classes. Constants have the names that they have in a file of weights; the matrices of linear
//! layers are transposed, `[inputs, outputs]`, as MatMul takes them.

use ninth_model::Transformer;
use ninth_model::activation::{Activation, GELU_TANH_CUBIC, ROOT_8_OVER_PI};
use ninth_model::attention::Attention;
use ninth_model::block::Block;
use ninth_model::embedding::{EmbeddingTable, TableRows};
use ninth_model::feed_forward::FeedForward;
use ninth_model::linear::Linear;
use ninth_model::normalisation::{EPSILON, LayerNorm};
use ninth_model::output::Output;
use ninth_model::parameters::{Span, Tensor};
use ninth_model::residual::{Residual, ResidualNorm};

use crate::graph::{Graph, Size, Value, float, int, ints};
use crate::messages::{ElementType, GraphProto};

/// The name of the input.
pub(crate) const TERMS: &str = "terms";

/// The name of the output of a classification.
pub(crate) const LOGITS: &str = "logits";

/// The name of the output of a regression.
pub(crate) const SHARE: &str = "share";

const BATCH: Size = Size::Any("batch");
const LENGTH: Size = Size::Any("length");

/// The graph of a model with these parameters; `doc` says what it is, the other two texts what
/// its input and its output are.
pub(crate) fn graph(
    model: &Transformer,
    parameters: &[f32],
    doc: &str,
    [input, output]: [&str; 2],
) -> GraphProto {
    let mut writer = Writer { graph: Graph::default(), model, parameters };
    let terms = writer.graph.input(TERMS, ElementType::Int64, &[BATCH, LENGTH], input);
    let classes = writer.classes(&terms);
    let positions = writer.positions(&terms);
    let mut x = writer.embedding(&terms, &classes, &positions);
    let shared = writer.shared(&positions);
    for (index, block) in model.blocks.iter().enumerate() {
        x = writer.block(&format!("layers.{index}"), block, &shared, &x);
    }
    if let Some(norm) = &model.final_norm {
        x = writer.layer_norm(norm, &x);
    }
    writer.head(&x, output);
    writer.graph.finish("ninth", doc)
}

/// Writes the parts of a model.
struct Writer<'m> {
    graph: Graph,
    model: &'m Transformer,
    parameters: &'m [f32],
}

/// What all layers use.
struct Shared {
    /// Whether a position is behind another one, `[L, L]`.
    later: Value,
    /// The least number: the score of later positions.
    lowest: Value,
    /// 1 / sqrt(D)
    scale: Value,
    /// `[B, L, C]` as `[B, L, H, D]`.
    heads: Value,
    /// `[B, L, H, D]` as `[B, L, C]`.
    stream: Value,
    activation: ActivationConstants,
}

/// The numbers in the formula of an activation.
enum ActivationConstants {
    Gelu { root_2: Value, one: Value, half: Value },
    GeluTanh { linear: Value, cubic: Value },
    Silu,
    Relu,
}

impl Writer<'_> {
    /// The classes of the terms, `[B, L]`: term - minimum. A term outside the range becomes an
    /// index that no table has. Negative ones would count from the end.
    fn classes(&mut self, terms: &Value) -> Value {
        let range = self.model.architecture().range();
        let graph = &mut self.graph;
        let minimum = graph.integers("classes.minimum", &[], &[range.min()], "the smallest term");
        let zero = graph.integers("classes.zero", &[], &[0], "");
        let none = [range.classes() as i64];
        let none = graph.integers("classes.none", &[], &none, "the index of no class");
        let index = graph.node("classes.index", "Sub", &[terms, &minimum], []);
        let below = graph.node("classes.below", "Less", &[&index, &zero], []);
        let classes = graph.node("classes", "Where", &[&below, &none, &index], []);
        graph.explain("term - minimum; an index that no table has where a term is too small");
        classes
    }

    /// 0, 1, 2, ..., `[L]`, looked up among those of the context, so that longer sequences are an
    /// error in models whose embedding has no table of positions, too.
    fn positions(&mut self, terms: &Value) -> Value {
        let context = self.model.architecture().context();
        let graph = &mut self.graph;
        let zero = graph.integers("positions.zero", &[], &[0], "");
        let one = graph.integers("positions.one", &[], &[1], "");
        let axis = graph.integers("positions.axis", &[1], &[0], "");
        let all: Vec<i64> = (0..context as i64).collect();
        let all = graph.integers("positions.of_context", &[context], &all, "");
        let size = graph.node("positions.size", "Shape", &[terms], [int("start", 1)]);
        let length = graph.node("positions.length", "Squeeze", &[&size, &axis], []);
        let counted = graph.node("positions.counted", "Range", &[&zero, &length, &one], []);
        graph.node("positions", "Gather", &[&all, &counted], [])
    }

    /// The features of all kinds, and their projection: `[B, L, C]`.
    fn embedding(&mut self, terms: &Value, classes: &Value, positions: &Value) -> Value {
        let embedding = &self.model.embedding;
        let kinds = &self.model.architecture().embedding().kind.0;
        let mut features = Vec::new();
        let mut batch = None;
        for (part, kind) in embedding.parts().iter().zip(kinds) {
            let name = format!("embedding.{}", kind.name());
            let value = self.rows(&format!("{name}.value"), &part.value, classes);
            if part.position.width == 0 {
                features.push(value);
                continue;
            }
            let position = self.rows(&format!("{name}.position"), &part.position, positions);
            if part.position_at == part.value_at {
                features.push(self.graph.node(name, "Add", &[&value, &position], []));
                continue;
            }
            let batch = batch.get_or_insert_with(|| self.batch(terms));
            let name = format!("{name}.position.of_each");
            let position = self.graph.node(name, "Expand", &[&position, batch], []);
            features.extend([value, position]);
        }
        let x = match features.as_slice() {
            [one] => one.clone(),
            several => {
                let several: Vec<&Value> = several.iter().collect();
                self.graph.node("embedding.features", "Concat", &several, [int("axis", -1)])
            }
        };
        match embedding.projection() {
            Some(projection) => self.linear("embedding.projection", projection, &x),
            None => x,
        }
    }

    /// The shape `[B, 1, 1]`, to which `[L, E]` is expanded as `[B, L, E]`.
    fn batch(&mut self, terms: &Value) -> Value {
        let graph = &mut self.graph;
        let ones = graph.integers("embedding.batch.ones", &[2], &[1, 1], "");
        let ends = [int("start", 0), int("end", 1)];
        let size = graph.node("embedding.batch.size", "Shape", &[terms], ends);
        graph.node("embedding.batch", "Concat", &[&size, &ones], [int("axis", 0)])
    }

    /// The rows of a table.
    fn rows(&mut self, name: &str, table: &EmbeddingTable, indices: &Value) -> Value {
        let (rows, doc) = match &table.rows {
            TableRows::Fixed(rows) => (rows.as_slice(), "not trained"),
            TableRows::Learned(span) => (span.of(self.parameters), "trained"),
        };
        let sizes = [rows.len() / table.width, table.width];
        let table = self.graph.floats(name, &sizes, rows.iter().copied(), doc);
        self.graph.node(format!("{name}.rows"), "Gather", &[&table, indices], [])
    }

    /// What all layers use.
    fn shared(&mut self, positions: &Value) -> Shared {
        let first = &self.model.blocks[0];
        let attention = &first.attention;
        let graph = &mut self.graph;
        let mut float = |name: &str, value: f32, doc: &str| graph.floats(name, &[], [value], doc);
        let scale = float("attention.scale", attention.scale(), "1 / sqrt(width of a head)");
        let lowest = float("attention.lowest", f32::MIN, "the score of later positions");
        let activation = match first.feed_forward.activation {
            Activation::Gelu => ActivationConstants::Gelu {
                root_2: float("gelu.root_2", std::f32::consts::SQRT_2, ""),
                one: float("gelu.one", 1.0, ""),
                half: float("gelu.half", 0.5, ""),
            },
            Activation::GeluTanh => ActivationConstants::GeluTanh {
                linear: float("gelu_tanh.linear", ROOT_8_OVER_PI, "sqrt(8 / pi)"),
                cubic: float("gelu_tanh.cubic", ROOT_8_OVER_PI * GELU_TANH_CUBIC, ""),
            },
            Activation::Silu => ActivationConstants::Silu,
            Activation::Relu => ActivationConstants::Relu,
        };
        // A size of 0 is that of the input.
        let heads = [0, 0, attention.heads as i64, attention.head_width as i64];
        let heads = graph.integers("attention.heads", &[4], &heads, "batch, length, heads, width");
        let stream = [0, 0, attention.output.inputs as i64];
        let stream = graph.integers("attention.stream", &[3], &stream, "batch, length, width");
        let axis = graph.integers("attention.axis", &[1], &[1], "");
        let from = graph.node("attention.from", "Unsqueeze", &[positions, &axis], []);
        let later = graph.node("attention.later", "Greater", &[positions, &from], []);
        graph.explain("causal: a position attends to itself and to those before it");
        Shared { later, lowest, scale, heads, stream, activation }
    }

    /// One layer.
    fn block(&mut self, name: &str, block: &Block, shared: &Shared, x: &Value) -> Value {
        let of = format!("{name}.attention");
        let x = self.residual(&of, &block.attention_residual, x, |writer, x| {
            writer.attention(&of, &block.attention, shared, x)
        });
        let of = format!("{name}.feed_forward");
        self.residual(&of, &block.feed_forward_residual, &x, |writer, x| {
            writer.feed_forward(&of, &block.feed_forward, shared, x)
        })
    }

    /// A residual connection around a layer, with its normalisation.
    fn residual(
        &mut self,
        name: &str,
        residual: &Residual,
        x: &Value,
        layer: impl FnOnce(&mut Self, &Value) -> Value,
    ) -> Value {
        let added = match &residual.normalisation {
            ResidualNorm::Pre(norm) => {
                let normalised = self.layer_norm(norm, x);
                layer(self, &normalised)
            }
            ResidualNorm::None | ResidualNorm::Post(_) => layer(self, x),
        };
        let sum = self.graph.node(format!("{name}.residual"), "Add", &[x, &added], []);
        match &residual.normalisation {
            ResidualNorm::Post(norm) => self.layer_norm(norm, &sum),
            ResidualNorm::None | ResidualNorm::Pre(_) => sum,
        }
    }

    /// Multi-head causal self-attention, without its residual connection.
    fn attention(&mut self, name: &str, layer: &Attention, shared: &Shared, x: &Value) -> Value {
        let named = |part: &str| format!("{name}.{part}");
        let input = self.linear(&named("input"), &layer.input, x);
        let graph = &mut self.graph;
        let parts = ["queries", "keys", "values"].map(named);
        let axis = [int("axis", -1)];
        let [queries, keys, values] =
            graph.nodes(named("split"), "Split", &[&input], axis, parts.clone());
        // [B, L, C] as [B, H, L, D]
        let mut by_head = |part: &Value, name: &str, order: [i64; 4]| {
            let heads = graph.node(format!("{name}.heads"), "Reshape", &[part, &shared.heads], []);
            let order = [ints("perm", &order)];
            graph.node(format!("{name}.by_head"), "Transpose", &[&heads], order)
        };
        let queries = by_head(&queries, &parts[0], [0, 2, 1, 3]);
        let transposed_keys = by_head(&keys, &parts[1], [0, 2, 3, 1]);
        let values = by_head(&values, &parts[2], [0, 2, 1, 3]);

        // [B, H, L, L]
        let products = [&queries, &transposed_keys];
        let products = graph.node(named("products"), "MatMul", &products, []);
        let scores = graph.node(named("scores"), "Mul", &[&products, &shared.scale], []);
        let causal = [&shared.later, &shared.lowest, &scores];
        let causal = graph.node(named("causal_scores"), "Where", &causal, []);
        let weights = graph.node(named("weights"), "Softmax", &[&causal], [int("axis", -1)]);

        // [B, H, L, D], then as [B, L, C]
        let attended = [&weights, &values];
        let attended = graph.node(named("attended.by_head"), "MatMul", &attended, []);
        let order = [ints("perm", &[0, 2, 1, 3])];
        let attended = graph.node(named("attended.heads"), "Transpose", &[&attended], order);
        let attended = graph.node(named("attended"), "Reshape", &[&attended, &shared.stream], []);
        self.linear(&named("output"), &layer.output, &attended)
    }

    /// The feed-forward layer, without its residual connection.
    fn feed_forward(
        &mut self,
        name: &str,
        layer: &FeedForward,
        shared: &Shared,
        x: &Value,
    ) -> Value {
        let input = self.linear(&format!("{name}.input"), &layer.input, x);
        let hidden = self.activation(&format!("{name}.activation"), &shared.activation, &input);
        self.linear(&format!("{name}.output"), &layer.output, &hidden)
    }

    /// The activation of each feature x.
    fn activation(&mut self, name: &str, constants: &ActivationConstants, x: &Value) -> Value {
        let graph = &mut self.graph;
        let mut node = |part: &str, operator: &str, inputs: &[&Value]| {
            graph.node(format!("{name}.{part}"), operator, inputs, [])
        };
        match constants {
            // x (1 + erf(x / sqrt(2))) / 2, in the order in which runtimes find and fuse it
            ActivationConstants::Gelu { root_2, one, half } => {
                let scaled = node("scaled", "Div", &[x, root_2]);
                let erf = node("erf", "Erf", &[&scaled]);
                let twice_phi = node("twice_phi", "Add", &[&erf, one]);
                let product = node("product", "Mul", &[x, &twice_phi]);
                graph.node(name, "Mul", &[&product, half], [])
            }
            // x sigmoid(sqrt(8 / pi) (x + c x^3))
            ActivationConstants::GeluTanh { linear, cubic } => {
                let square = node("square", "Mul", &[x, x]);
                let cubic = node("cubic", "Mul", &[&square, cubic]);
                let slope = node("slope", "Add", &[&cubic, linear]);
                let argument = node("argument", "Mul", &[&slope, x]);
                let phi = node("phi", "Sigmoid", &[&argument]);
                graph.node(name, "Mul", &[x, &phi], [])
            }
            ActivationConstants::Silu => {
                let sigmoid = node("sigmoid", "Sigmoid", &[x]);
                graph.node(name, "Mul", &[x, &sigmoid], [])
            }
            ActivationConstants::Relu => graph.node(name, "Relu", &[x], []),
        }
    }

    /// LayerNorm over the features of a position.
    fn layer_norm(&mut self, norm: &LayerNorm, x: &Value) -> Value {
        let name = self.tensor(norm.weight).name.trim_end_matches(".weight").to_string();
        let [weight, bias] = [norm.weight, norm.bias].map(|span| self.vector(span));
        let attributes = [int("axis", -1), float("epsilon", EPSILON)];
        self.graph.node(name, "LayerNormalization", &[x, &weight, &bias], attributes)
    }

    /// A linear layer.
    fn linear(&mut self, name: &str, linear: &Linear, x: &Value) -> Value {
        let product = self.product(linear, x);
        let bias = self.vector(linear.bias);
        self.graph.node(name, "Add", &[&product, &bias], [])
    }

    /// A linear layer without its bias.
    fn product(&mut self, linear: &Linear, x: &Value) -> Value {
        let Linear { inputs, outputs, .. } = *linear;
        let weight = linear.weight.of(self.parameters);
        let tensor = self.tensor(linear.weight).name.clone();
        let name = format!("{}.product", tensor.trim_end_matches(".weight"));
        let transposed =
            (0..inputs).flat_map(|input| (0..outputs).map(move |o| weight[o * inputs + input]));
        let doc = "transposed: [inputs, outputs]";
        let weight = self.graph.floats(tensor, &[inputs, outputs], transposed, doc);
        self.graph.node(name, "MatMul", &[x, &weight], [])
    }

    /// The head, and the output.
    fn head(&mut self, x: &Value, doc: &str) {
        let architecture = self.model.architecture();
        match architecture.model().output {
            Output::Classification => {
                let logits = self.linear(LOGITS, &self.model.head, x);
                let classes = Size::Fixed(architecture.classes());
                self.graph.output(&logits, &[BATCH, LENGTH, classes], doc);
            }
            Output::Regression => {
                let head = self.linear("head", &self.model.head, x);
                let axis = self.graph.integers("head.axis", &[1], &[2], "");
                let share = self.graph.node(SHARE, "Squeeze", &[&head, &axis], []);
                self.graph.output(&share, &[BATCH, LENGTH], doc);
            }
        }
    }

    /// A bias, or the scale or the shift of a normalisation.
    fn vector(&mut self, span: Span) -> Value {
        let (name, sizes) = (self.tensor(span).name.clone(), self.tensor(span).shape.clone());
        let values = span.of(self.parameters);
        self.graph.floats(name, &sizes, values.iter().copied(), "")
    }

    /// What stands at a span of the parameters.
    fn tensor(&self, span: Span) -> &Tensor {
        let mut tensors = self.model.layout().tensors().iter();
        // The spans of a model's parts are those of its layout.
        tensors.find(|tensor| tensor.span == span).expect("a tensor of the layout")
    }
}
