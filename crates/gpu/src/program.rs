//! The WGSL text of a model's kernels: their files, behind constants for sizes, offsets and
//! options.
//!
//! Every number that Rust and WGSL share is written here, from its definition in Rust.

use std::fmt::Write;

use ninth_kernels::LANES;
use ninth_model::Transformer;
use ninth_model::activation::Activation;
use ninth_model::embedding::{EmbeddingTable, TableRows};
use ninth_model::linear::Linear;
use ninth_model::loss::{Distance, LossKind, Positions, SMALLEST_DISTANCE};
use ninth_model::normalisation::{EPSILON, LayerNorm, Normalisation};
use ninth_model::output::Output;
use ninth_training::Config;
use ninth_training::clipping::{self, Clipping};
use ninth_training::optimizer::update::SMALLEST_MOMENT;
use ninth_training::optimizer::{Optimizer, muon};

use crate::plan::{
    CLIPPING_FACTOR, DECAYS, ENTRY_WORDS, HALTED, HALTED_AT, MATRIX_WORDS, NOWHERE, OF_MATRIX,
    OUTCOME_WORDS, PANEL, Plan, SPAN, STATUS_HEADER, TEAM, THREADS, TileShape, fixed_table_offsets,
    norms,
};
use crate::stages::{PassStage, Passes, Repeat, Work};
use crate::unroll::unroll;
use crate::upload::UploadHeader;

/// The files of kernels, in any order.
const KERNELS: [&str; 12] = [
    include_str!("kernels/prelude.wgsl"),
    include_str!("kernels/product.wgsl"),
    include_str!("kernels/linear.wgsl"),
    include_str!("kernels/dropout.wgsl"),
    include_str!("kernels/activation.wgsl"),
    include_str!("kernels/normalisation.wgsl"),
    include_str!("kernels/attention.wgsl"),
    include_str!("kernels/embedding.wgsl"),
    include_str!("kernels/loss.wgsl"),
    include_str!("kernels/transformer.wgsl"),
    include_str!("kernels/gradients.wgsl"),
    include_str!("kernels/optimizer.wgsl"),
];

/// The kernels of Muon.
const MUON: &str = include_str!("kernels/muon.wgsl");

/// How far loops are unrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unrolling {
    /// Columns of the left operand and rows of the right one that are multiplied at a time.
    depth: usize,
    /// Words that a thread reads together, so that it waits once for all of them.
    at_once: usize,
}

impl Unrolling {
    /// For hardware or a software device, which gains nothing by unrolled loops, and whose
    /// compiler takes long for them.
    pub(crate) fn on(software: bool) -> Self {
        match software {
            true => Unrolling { depth: 4, at_once: 2 },
            false => Unrolling { depth: PANEL, at_once: 8 },
        }
    }

    /// The lengths of the unrolled loops, by their names in the kernels.
    fn lengths(self, model: &Transformer, tile: TileShape) -> [(&'static str, usize); 10] {
        let Unrolling { depth, at_once } = self;
        let architecture = model.architecture();
        let reads = |threads: usize| (depth * threads).div_ceil(THREADS);
        let by_team = |count: usize| count.div_ceil(TEAM).min(at_once);
        // A divisor of the width of a head.
        let features = 1 << architecture.head_width().trailing_zeros().min(at_once.ilog2() + 1);
        [
            ("HALF_DEPTH", depth / 2),
            ("FOURS_PER_THREAD", tile.rows_per_thread / 4),
            ("COLUMNS_PER_THREAD", tile.columns_per_thread),
            ("LEFT_READS", reads(tile.rows / 4)),
            ("RIGHT_READS", reads(tile.column_threads())),
            ("FEATURES_AT_ONCE", features),
            ("STREAM_AT_ONCE", by_team(architecture.model().d_model)),
            ("CLASSES_AT_ONCE", by_team(architecture.outputs())),
            ("POSITIONS_AT_ONCE", architecture.context().min(at_once)),
            ("ROWS_AT_ONCE", at_once),
        ]
    }
}

/// The parameters of a kernel that works on blocks.
const BLOCK_ARGUMENTS: &str = "(\n    \
    @builtin(local_invocation_index) local: u32,\n    \
    @builtin(workgroup_id) workgroup: vec3<u32>,\n    \
    @builtin(num_workgroups) workgroups: vec3<u32>,\n)";

/// The text of the kernels that take sequences through the model.
pub(crate) fn passes_text(
    config: &Config,
    model: &Transformer,
    plan: &Plan,
    passes: &Passes,
    unrolling: Unrolling,
) -> String {
    let mut text = common_text(config, model, plan, plan.tile, unrolling);
    match plan.blocks.fused {
        true => write_fused(&mut text, passes, plan.layers),
        false => write_stages(&mut text, passes),
    }
    unroll(&text, &unrolling.lengths(model, plan.tile))
}

/// The text of the kernels for gradients and updates.
pub(crate) fn updates_text(
    config: &Config,
    model: &Transformer,
    plan: &Plan,
    unrolling: Unrolling,
) -> String {
    let mut text = common_text(config, model, plan, plan.splits.tile, unrolling);
    text.push_str(MUON);
    unroll(&text, &unrolling.lengths(model, plan.splits.tile))
}

fn common_text(
    config: &Config,
    model: &Transformer,
    plan: &Plan,
    tile: TileShape,
    unrolling: Unrolling,
) -> String {
    let mut text = String::new();
    write_constants(&mut text, config, model, plan, tile, unrolling);
    for kernel in KERNELS {
        text.push_str(kernel);
    }
    write_feature(&mut text, model);
    write_learned_cell(&mut text, model);
    text
}

/// Writes a constant. Writing to a string cannot fail.
macro_rules! constant {
    ($text:expr, $name:expr, $value:expr) => {
        let _ = writeln!($text, "const {} = {};", $name, $value);
    };
}

/// A `u32` literal; offsets of what is not allocated become `NOWHERE`.
fn whole(number: usize) -> String {
    format!("{}u", u32::try_from(number).unwrap_or(NOWHERE))
}

/// An `f32` literal with all its digits.
fn real(number: f32) -> String {
    format!("{number:e}f")
}

fn linear(linear: &Linear) -> String {
    let words = [linear.weight.start, linear.bias.start, linear.inputs, linear.outputs];
    format!("Linear({})", words.map(whole).join(", "))
}

fn norm(norm: Option<&LayerNorm>) -> String {
    let offsets = norm.map_or([0, 0], |norm| [norm.weight.start, norm.bias.start]);
    format!("Norm({})", offsets.map(whole).join(", "))
}

fn write_constants(
    text: &mut String,
    config: &Config,
    model: &Transformer,
    plan: &Plan,
    tile: TileShape,
    unrolling: Unrolling,
) {
    let architecture = model.architecture();
    let settings = architecture.model();
    let at = &plan.activations;
    let sizes = [
        ("THREADS", THREADS),
        ("TEAM", TEAM),
        ("SPAN", SPAN),
        ("LANES", LANES),
        ("DEPTH", unrolling.depth),
        ("TILE_ROWS", tile.rows),
        ("TILE_COLUMNS", tile.columns),
        ("ROWS_PER_THREAD", tile.rows_per_thread),
        ("COLUMN_THREADS", tile.column_threads()),
        ("FOURS", tile.rows / 4),
        ("T", plan.context),
        ("C", settings.d_model),
        ("H", settings.heads),
        ("D", architecture.head_width()),
        ("F", settings.feed_forward),
        ("E", architecture.embedding_width()),
        ("V", architecture.outputs()),
        ("CLASSES", architecture.classes()),
        ("LAYERS", settings.layers),
        ("ROWS", plan.rows),
        ("BLOCK_ROWS", plan.blocks.rows),
        ("SPLITS", plan.splits.count),
        ("SPLIT_ROWS", plan.splits.rows),
        ("WEIGHT_TILES", plan.splits.tiles),
        ("SPANS", plan.spans()),
        ("PARAMETER_COUNT", plan.parameters),
        ("LAYER_PARAMETERS", plan.layer_parameters),
        ("NORMS", plan.norms),
    ];
    let offsets = [
        ("NOWHERE", NOWHERE as usize),
        ("FEATURES", at.features),
        ("DFEATURES", at.dfeatures),
        ("STREAMS", at.streams),
        ("DSTREAMS", at.dstreams),
        ("INPUTS", at.inputs),
        ("DINPUTS", at.dinputs),
        ("NORMALISED", at.normalised),
        ("SCALES", at.scales),
        ("SUM", at.sum),
        ("DSUMS", at.dsums),
        ("DOUTPUTS", at.doutputs),
        ("QKV", at.qkv),
        ("DQKV", at.dqkv),
        ("WEIGHTS", at.weights),
        ("DSCORES", at.dscores),
        ("MIXED", at.mixed),
        ("DMIXED", at.dmixed),
        ("HIDDEN", at.hidden),
        ("DHIDDEN", at.dhidden),
        ("DERIVATIVE", at.derivative),
        ("LOGITS", at.logits),
        ("OUTCOMES", at.outcomes),
        ("SQUARES", plan.squares_at()),
        ("FLAGS_AT", plan.tables.flags_at),
        ("MATRICES_AT", plan.tables.matrices_at),
        ("SCORED_AT", plan.batch.scored),
        ("NOISE_AT", plan.batch.noise),
        ("CLASSES_AT", plan.batch.classes),
        ("STARTS_AT", plan.batch.starts),
        ("ORDER_AT", plan.batch.order),
    ];
    let records = [
        ("OUTCOME_WORDS", OUTCOME_WORDS),
        ("MATRIX_WORDS", MATRIX_WORDS),
        ("DECAYS", DECAYS as usize),
        ("OF_MATRIX", OF_MATRIX as usize),
        ("HALTED", HALTED),
        ("HALTED_AT", HALTED_AT),
        ("CLIPPING_FACTOR", CLIPPING_FACTOR),
        ("STATUS_HEADER", STATUS_HEADER),
        ("ENTRY_WORDS", ENTRY_WORDS),
    ];
    let header = UploadHeader::default().words();
    let header = header.iter().enumerate().map(|(offset, (name, _))| (*name, offset));
    let lengths = unrolling.lengths(model, tile);
    let sizes = sizes.into_iter().chain(lengths).chain(offsets).chain(records).chain(header);
    for (name, value) in sizes {
        constant!(text, name, whole(value));
    }
    let _ = writeln!(text, "alias Columns = vec{}<f32>;", tile.columns_per_thread);
    let options = [
        ("ACTIVATION", activation_name(settings.activation)),
        ("LOSS", loss_name(config.loss.kind)),
        ("DISTANCE_WEIGHT", distance_name(config.loss.distance)),
        ("POSITIONS", positions_name(config.loss.positions)),
        ("OPTIMIZER", optimizer_name(config.optimizer.kind)),
        ("NORMALISATION", normalisation_name(settings.normalisation)),
    ];
    for (name, option) in options {
        constant!(text, name, option);
    }
    for (name, number) in [("NONE", 0), ("PRE", 1), ("POST", 2)] {
        constant!(text, name, whole(number));
    }
    for (number, &activation) in Activation::ALL.iter().enumerate() {
        constant!(text, activation_name(activation), whole(number));
    }
    let dropout = model.dropout();
    constant!(text, "DROPOUT", dropout.is_some());
    let threshold = dropout.map_or(0, |dropout| dropout.threshold());
    constant!(text, "DROPOUT_THRESHOLD", whole(threshold as usize));
    constant!(text, "REGRESSION", settings.output == Output::Regression);
    constant!(text, "CLIPS_NORM", config.clipping.kind == Clipping::GlobalNorm);
    let [a, b, c] = muon::COEFFICIENTS;
    let reals = [
        ("DROPOUT_SCALE", dropout.map_or(1.0, |dropout| dropout.scale())),
        ("EPSILON", EPSILON),
        ("ATTENTION_SCALE", model.blocks[0].attention.scale()),
        ("ALPHA", config.loss.alpha as f32),
        ("MUON_A", a),
        ("MUON_B", b),
        ("MUON_C", c),
        ("MUON_SIZE", muon::ROOT_MEAN_SQUARE),
        ("MUON_EPSILON", muon::NORM_EPSILON as f32),
        ("CLIPPING_EPSILON", clipping::NORM_EPSILON as f32),
        ("SMALLEST_MOMENT", SMALLEST_MOMENT),
        ("SMALLEST_DISTANCE", SMALLEST_DISTANCE),
    ];
    for (name, value) in reals {
        constant!(text, name, real(value));
    }
    constant!(text, "MUON_ITERATIONS", whole(muon::TIMES));

    let first = &model.blocks[0];
    let nothing = Linear { inputs: 1, outputs: 1, ..model.head };
    let linears = [
        ("ATTENTION_INPUT", &first.attention.input),
        ("ATTENTION_OUTPUT", &first.attention.output),
        ("FEED_FORWARD_INPUT", &first.feed_forward.input),
        ("FEED_FORWARD_OUTPUT", &first.feed_forward.output),
        ("HEAD", &model.head),
        ("PROJECTION", model.embedding.projection().unwrap_or(&nothing)),
    ];
    for (name, layer) in linears {
        constant!(text, name, linear(layer));
    }
    let [attention, feed_forward, last] = norms(model);
    constant!(text, "ATTENTION_NORM", norm(attention));
    constant!(text, "FEED_FORWARD_NORM", norm(feed_forward));
    constant!(text, "FINAL_NORM", norm(last));
}

const fn activation_name(activation: Activation) -> &'static str {
    match activation {
        Activation::Gelu => "GELU",
        Activation::GeluTanh => "GELU_TANH",
        Activation::Silu => "SILU",
        Activation::Relu => "RELU",
    }
}

const fn loss_name(kind: LossKind) -> &'static str {
    match kind {
        LossKind::CrossEntropy => "CROSS_ENTROPY",
        LossKind::DistanceWeighted => "DISTANCE_WEIGHTED",
        LossKind::Distance => "DISTANCE",
    }
}

const fn distance_name(distance: Distance) -> &'static str {
    match distance {
        Distance::Linear => "LINEAR",
        Distance::Quadratic => "QUADRATIC",
        Distance::SquareRoot => "SQUARE_ROOT",
    }
}

const fn positions_name(positions: Positions) -> &'static str {
    match positions {
        Positions::All => "ALL",
        Positions::Last => "LAST",
        Positions::Weighted => "WEIGHTED",
    }
}

const fn optimizer_name(optimizer: Optimizer) -> &'static str {
    match optimizer {
        Optimizer::AdamW => "ADAMW",
        Optimizer::Adam => "ADAM",
        Optimizer::Sgd => "SGD",
        Optimizer::Muon => "MUON",
    }
}

const fn normalisation_name(normalisation: Normalisation) -> &'static str {
    match normalisation {
        Normalisation::None => "NONE",
        Normalisation::Pre => "PRE",
        Normalisation::Post => "POST",
    }
}

/// Writes the function that adds up the cells of all tables for a feature of a term.
fn write_feature(text: &mut String, model: &Transformer) {
    let mut fixed = fixed_table_offsets(model).into_iter();
    text.push_str("\nfn feature(class_index: u32, t: u32, number: u32) -> f32 {\n");
    text.push_str("    var sum = 0.0;\n");
    for part in model.embedding.parts() {
        let tables =
            [(&part.value, part.value_at, "class_index"), (&part.position, part.position_at, "t")];
        for (table, first, index) in tables {
            let (learned, at) = match &table.rows {
                TableRows::Learned(span) => (true, span.start),
                TableRows::Fixed(_) => (false, fixed.next().unwrap_or_default()),
            };
            let arguments = [at, table.width, first].map(whole).join(", ");
            let _ = writeln!(text, "    sum += cell({learned}, {arguments}, {index}, number);");
        }
    }
    text.push_str("    return sum;\n}\n");
}

/// Writes the function that computes the gradient of a learned cell, given its index among the
/// cells of all trained tables.
fn write_learned_cell(text: &mut String, model: &Transformer) {
    text.push_str(
        "\nfn learned_cell(number: u32, adder: u32) -> Cell {\n    \
                   var rest = number;\n",
    );
    for (function, table, first) in learned_tables(model) {
        let (TableRows::Learned(span), width) = (&table.rows, table.width) else { continue };
        let count = whole(span.len);
        let arguments = [span.start, width, first].map(whole).join(", ");
        let _ = writeln!(
            text,
            "    if rest < {count} {{\n        return {function}({arguments}, rest, adder);\n    \
             }}\n    rest -= {count};"
        );
    }
    text.push_str("    return Cell(NOWHERE, 0.0);\n}\n");
}

/// The tables that are trained: the kernel for their gradients, the table, its first feature.
fn learned_tables(
    model: &Transformer,
) -> impl Iterator<Item = (&'static str, &EmbeddingTable, usize)> {
    let tables = model.embedding.parts().iter().flat_map(|part| {
        [
            ("value_cell", &part.value, part.value_at),
            ("position_cell", &part.position, part.position_at),
        ]
    });
    tables.filter(|(_, table, _)| matches!(table.rows, TableRows::Learned(_)))
}

/// The number of cells of the trained tables.
pub(crate) fn learned_cells(model: &Transformer) -> usize {
    let sizes = learned_tables(model).map(|(_, table, _)| match &table.rows {
        TableRows::Learned(span) => span.len,
        TableRows::Fixed(_) => 0,
    });
    sizes.sum()
}

/// Writes one kernel per pass, a loop over its stages with a barrier after each. The barrier is
/// enough because no other workgroup reads or writes the rows of a block.
fn write_fused(text: &mut String, passes: &Passes, layers: usize) {
    for (name, training) in [(EVALUATE, false), (TRAIN, true)] {
        let sections = passes.sections(training);
        let _ = writeln!(
            text,
            "\n@compute @workgroup_size(THREADS)\nfn {name}{BLOCK_ARGUMENTS} {{\n    \
             begin(local, workgroup, workgroups);"
        );
        write_steps(text, &sections, layers);
        text.push_str("        var product: Product;\n        var multiplies = false;\n");
        text.push_str("        switch stage {\n");
        let stages = sections.iter().flat_map(|(_, stages)| *stages);
        for (number, stage) in stages.enumerate() {
            let name = stage.name;
            let does = match stage.work {
                Work::Product(_) => format!("product = {name}(layer); multiplies = true;"),
                Work::Elements(_) | Work::Rows => format!("{name}(layer);"),
            };
            let _ = writeln!(text, "            case {number}u: {{ {does} }}");
        }
        text.push_str("            default: {}\n        }\n");
        text.push_str("        if multiplies {\n            transform(product);\n        }\n");
        text.push_str("        storageBarrier();\n    }\n}\n");
    }
}

/// Writes the head of the loop over the steps of a pass: the stage and the layer of each.
fn write_steps(text: &mut String, sections: &[(Repeat, &[PassStage])], layers: usize) {
    let (mut choices, mut first, mut stages) = (Vec::new(), 0, 0);
    for (repeat, section) in sections {
        let count = section.len();
        let turn = format!("(step - {first}u) / {count}u");
        let (turns, layer) = match repeat {
            Repeat::Once => (1, "0u".to_string()),
            Repeat::EachLayer => (layers, turn),
            Repeat::EachLayerBackward => (layers, format!("LAYERS - 1u - {turn}")),
        };
        let next = first + turns * count;
        choices.push(format!(
            "if step < {next}u {{\n            \
             stage = {stages}u + (step - {first}u) % {count}u;\n            \
             layer = {layer};\n        }}"
        ));
        (first, stages) = (next, stages + count);
    }
    let _ = writeln!(
        text,
        "    for (var step = 0u; step < {first}u; step++) {{\n        \
         var stage = 0u;\n        var layer = 0u;\n        {}",
        choices.join(" else ")
    );
}

/// Writes a kernel for each stage.
fn write_stages(text: &mut String, passes: &Passes) {
    for stage in passes.all() {
        let name = stage.name;
        let call = match stage.work {
            Work::Product(_) => format!("transform({name}(launch.layer))"),
            Work::Elements(_) | Work::Rows => format!("{name}(launch.layer)"),
        };
        let _ = writeln!(
            text,
            "\n@compute @workgroup_size(THREADS)\nfn {}{BLOCK_ARGUMENTS} {{\n    \
             begin(local, workgroup, workgroups);\n    {call};\n}}",
            alone(name)
        );
    }
}

/// The names of the kernels of whole passes.
pub(crate) const EVALUATE: &str = "evaluate_block";
pub(crate) const TRAIN: &str = "train_block";

/// The name of the kernel of a stage.
pub(crate) fn alone(stage: &str) -> String {
    format!("{stage}_alone")
}
