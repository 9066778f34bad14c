//! What a model and its batches take on a device: sizes, and where everything is.
//!
//! All of it is known before any memory is taken. `program.rs` writes these numbers into the
//! kernels as constants, `engine.rs` makes buffers of them.

use ninth_kernels::LANES;
use ninth_model::Transformer;
use ninth_model::embedding::TableRows;
use ninth_model::linear::Linear;
use ninth_model::normalisation::{LayerNorm, Normalisation};
use ninth_training::Config;
use ninth_training::optimizer::{Optimizer, ParameterGroup, muon};

/// Bytes of a number.
const NUMBER: u64 = 4;

/// A place that is none.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Rows of the largest tile of a matrix product.
const LARGEST_TILE: usize = 64;

/// Threads of a workgroup that works on a tile.
pub(crate) const THREADS: usize = 128;

/// Threads that have a row together, in normalisations and losses, or sixteen columns, in the
/// gradients of scales and tables.
pub(crate) const TEAM: usize = 16;

/// Columns of one operand and rows of the other that hardware multiplies at a time: a panel.
pub(crate) const PANEL: usize = 16;

/// Workgroups that a launch should have at least, so that no part of a device is idle.
const ENOUGH_WORKGROUPS: usize = 256;

/// The same for the gradients of the weights, whose workgroups have little to do each.
const ENOUGH_TILES: usize = 512;

/// The width of the residual stream up to which a workgroup takes its sequences through the
/// whole model. In wider models there is enough to do in each stage for a launch of its own,
/// and a workgroup could not read all weights fast enough.
const WIDEST_FUSED: usize = 128;

/// Numbers that a workgroup adds up: four per thread.
pub(crate) const SPAN: usize = 4 * THREADS;

/// Steps whose losses are kept on the device until they are read.
pub(crate) const ENTRIES: usize = 256;

/// Numbers at the head of a batch.
pub(crate) const BATCH_HEAD: usize = 16;

/// Numbers before the losses in the status.
pub(crate) const STATUS_HEAD: usize = 4;

/// What is known of sixteen parameters: whether they decay.
const DECAYS: u32 = 1;

/// The same: whether they are a part of a matrix that is updated as such.
const OF_MATRIX: u32 = 2;

/// Numbers per step in the status.
pub(crate) const ENTRY: usize = 4;

/// A tile of a matrix product and how threads share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TileShape {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) rows_per_thread: usize,
    /// Two or four.
    pub(crate) columns_per_thread: usize,
}

impl TileShape {
    /// The smallest tile that holds so many rows, or the largest one.
    fn holding(rows: usize) -> Self {
        let rows = rows.next_power_of_two().clamp(8, LARGEST_TILE);
        let (columns, rows_per_thread, columns_per_thread) = match rows {
            8 => (128, 4, 2),
            16 => (128, 4, 4),
            32 => (64, 4, 4),
            _ => (64, 8, 4),
        };
        TileShape { rows, columns, rows_per_thread, columns_per_thread }
    }

    /// Threads that share the columns of a row.
    pub(crate) fn column_threads(self) -> usize {
        self.columns / self.columns_per_thread
    }

    /// Tiles that a matrix is made of.
    pub(crate) fn count(self, rows: usize, columns: usize) -> usize {
        rows.div_ceil(self.rows) * columns.div_ceil(self.columns)
    }
}

/// A matrix that Muon makes orthogonal: where it is, its shape, where it is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatrixPlace {
    pub(crate) at: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) x: usize,
}

impl MatrixPlace {
    pub(crate) fn short(self) -> usize {
        self.rows.min(self.columns)
    }

    pub(crate) fn long(self) -> usize {
        self.rows.max(self.columns)
    }

    /// X, the next X, A and the factor, and the squares of each workgroup's elements.
    fn work(self) -> usize {
        let size = self.rows * self.columns;
        2 * size + 2 * self.short() * self.short() + size.div_ceil(SPAN)
    }
}

/// Places of activations, counted in numbers. What is not needed is nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) features: usize,
    pub(crate) dfeatures: usize,
    pub(crate) streams: usize,
    pub(crate) dstreams: usize,
    pub(crate) inputs: usize,
    pub(crate) dinputs: usize,
    pub(crate) normalised: usize,
    pub(crate) scales: usize,
    pub(crate) sum: usize,
    pub(crate) dsums: usize,
    pub(crate) doutputs: usize,
    pub(crate) qkv: usize,
    pub(crate) dqkv: usize,
    pub(crate) weights: usize,
    pub(crate) dscores: usize,
    pub(crate) mixed: usize,
    pub(crate) dmixed: usize,
    pub(crate) hidden: usize,
    pub(crate) dhidden: usize,
    pub(crate) derivative: usize,
    pub(crate) logits: usize,
    pub(crate) outcomes: usize,
}

/// Sizes and places.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Sequences of a batch.
    pub(crate) sequences: usize,
    /// T
    pub(crate) context: usize,
    /// Sequences that a workgroup works on.
    pub(crate) block_sequences: usize,
    /// Workgroups that share a batch.
    pub(crate) blocks: usize,
    /// Positions of all sequences, those that fill the last block included.
    pub(crate) rows: usize,
    /// Whether one kernel takes a block through the whole model.
    pub(crate) fused: bool,
    /// Of the layers' products.
    pub(crate) tile: TileShape,
    /// Of the products of gradients and of Muon.
    pub(crate) gradient_tile: TileShape,
    /// Tiles of all weight gradients.
    pub(crate) weight_tiles: usize,
    /// Parts of the batch whose gradients are added up in the end.
    pub(crate) splits: usize,
    /// Rows of a part.
    pub(crate) split_rows: usize,
    pub(crate) layers: usize,
    /// Normalisations.
    pub(crate) norms: usize,
    /// Numbers of an arena of parameters.
    pub(crate) parameters: usize,
    /// Numbers from one transformer layer's parameters to the next one's.
    pub(crate) layer_parameters: usize,
    pub(crate) places: Places,
    /// Numbers of all activations.
    pub(crate) activations: usize,
    /// Numbers of the fixed tables, what is known of the parameters, and the matrices.
    pub(crate) tables: usize,
    pub(crate) known_at: usize,
    pub(crate) matrices_at: usize,
    pub(crate) matrices: Vec<MatrixPlace>,
    /// What is known of each sixteen parameters; see `kernels/optimizer.wgsl`.
    pub(crate) known: Vec<u32>,
    /// Numbers that Muon works with.
    pub(crate) matrix_work: usize,
    pub(crate) scored_at: usize,
    pub(crate) noise_at: usize,
    pub(crate) classes_at: usize,
    pub(crate) starts_at: usize,
    pub(crate) order_at: usize,
    /// How many classes there are, if a table of them is trained.
    pub(crate) learned_classes: Option<usize>,
    /// Numbers of a batch.
    pub(crate) batch: usize,
}

/// Hands out places one behind the other.
#[derive(Default)]
struct Room {
    used: usize,
}

impl Room {
    /// So many numbers, on a boundary of a cache line.
    fn take(&mut self, count: usize) -> usize {
        let at = self.used;
        self.used += count.next_multiple_of(16);
        at
    }

    fn take_if(&mut self, needed: bool, count: usize) -> usize {
        if needed { self.take(count) } else { NOWHERE as usize }
    }
}

impl Plan {
    /// The plan for a config with batches of so many sequences.
    pub(crate) fn new(config: &Config, model: &Transformer, sequences: usize) -> Self {
        let architecture = model.architecture();
        let settings = architecture.model();
        let (context, width) = (architecture.context(), settings.d_model);
        let fused = width <= WIDEST_FUSED;
        let fitting = (LARGEST_TILE / context).max(1);
        let block_sequences = match fused {
            // A power of two, so that its rows fill a tile.
            true => (1 << (sequences / ENOUGH_WORKGROUPS).max(1).ilog2()).min(fitting),
            false => fitting,
        };
        let blocks = sequences.div_ceil(block_sequences);
        let rows = blocks * block_sequences * context;

        let tile = TileShape::holding(block_sequences * context);
        let gradient_tile = TileShape::holding(LARGEST_TILE);
        let weight_tiles =
            linears(model).map(|linear| gradient_tile.count(linear.outputs, linear.inputs)).sum();
        let most_splits = rows.div_ceil(LARGEST_TILE);
        let wanted = ENOUGH_TILES.div_ceil(weight_tiles).min(most_splits);
        let split_rows = rows.div_ceil(wanted).next_multiple_of(PANEL);
        let splits = rows.div_ceil(split_rows);

        let parameters = model.layout().lanes() * LANES;
        let layer_parameters = match model.blocks.as_slice() {
            [first, second, ..] => {
                second.attention.input.weight.start - first.attention.input.weight.start
            }
            _ => 0,
        };
        let mut plan = Plan {
            sequences,
            context,
            block_sequences,
            blocks,
            rows,
            fused,
            tile,
            gradient_tile,
            weight_tiles,
            splits,
            split_rows,
            layers: settings.layers,
            norms: match settings.normalisation {
                Normalisation::None => 0,
                Normalisation::Pre => 2 * settings.layers + 1,
                Normalisation::Post => 2 * settings.layers,
            },
            parameters,
            layer_parameters,
            places: Places::default(),
            activations: 0,
            tables: 0,
            known_at: 0,
            matrices_at: 0,
            matrices: Vec::new(),
            known: Vec::new(),
            matrix_work: 0,
            scored_at: 0,
            noise_at: 0,
            classes_at: 0,
            starts_at: 0,
            order_at: 0,
            learned_classes: None,
            batch: 0,
        };
        plan.place_activations(model);
        plan.place_tables(config, model);
        plan.place_batch(model);
        plan
    }

    fn place_activations(&mut self, model: &Transformer) {
        let architecture = model.architecture();
        let settings = architecture.model();
        let (c, f, h) = (settings.d_model, settings.feed_forward, settings.heads);
        let (layers, rows, t) = (settings.layers, self.rows, self.context);
        let e = architecture.embedding_width();
        let pre = settings.normalisation == Normalisation::Pre;
        let post = settings.normalisation == Normalisation::Post;
        let projected = model.embedding.projection().is_some();
        let (streams, sublayers) = (2 * layers + 1, 2 * layers);

        let mut room = Room::default();
        let mut places = Places {
            streams: room.take(streams * rows * c),
            dstreams: room.take(streams * rows * c),
            inputs: room.take_if(pre, streams * rows * c),
            dinputs: room.take_if(pre, streams * rows * c),
            normalised: room.take_if(pre || post, streams * rows * c),
            scales: room.take_if(pre || post, streams * rows),
            sum: room.take_if(post, rows * c),
            dsums: room.take_if(post, sublayers * rows * c),
            doutputs: room.take_if(model.dropout().is_some(), sublayers * rows * c),
            qkv: room.take(layers * rows * 3 * c),
            dqkv: room.take(layers * rows * 3 * c),
            weights: room.take(layers * rows * h * t),
            dscores: room.take(rows * h * t),
            mixed: room.take(layers * rows * c),
            dmixed: room.take(rows * c),
            hidden: room.take(layers * rows * f),
            dhidden: room.take(layers * rows * f),
            derivative: room.take(layers * rows * f),
            logits: room.take(rows * model.head.outputs),
            outcomes: room.take(rows * 4),
            ..Places::default()
        };
        // Without a projection, what is embedded is the first residual stream.
        places.features = if projected { room.take(rows * e) } else { places.streams };
        places.dfeatures = match (projected, model.embedding.learns()) {
            (true, true) => room.take(rows * e),
            (true, false) => NOWHERE as usize,
            (false, _) => places.dstreams,
        };
        self.places = places;
        self.activations = room.used;
    }

    fn place_tables(&mut self, config: &Config, model: &Transformer) {
        let mut room = Room::default();
        for table in fixed_tables(model) {
            room.take(table.len());
        }
        self.known_at = room.take(self.parameters / LANES);
        let (mut at, mut work) = (0, Room::default());
        for piece in ParameterGroup::cut(model.layout(), &config.optimizer) {
            if let Some(matrix) = piece.matrix {
                let size = matrix.rows * matrix.columns;
                for number in 0..matrix.stacked {
                    let (rows, columns) = (matrix.rows, matrix.columns);
                    let mut place = MatrixPlace { at: at + number * size, rows, columns, x: 0 };
                    place.x = work.take(place.work());
                    self.matrices.push(place);
                }
            }
            let decays = u32::from(piece.decays) * DECAYS;
            let of_matrix = u32::from(piece.matrix.is_some()) * OF_MATRIX;
            self.known.extend(std::iter::repeat_n(decays | of_matrix, piece.lanes));
            at += piece.lanes * LANES;
        }
        self.matrices_at = room.take(4 * self.matrices.len());
        self.tables = room.used;
        self.matrix_work = work.used;
    }

    fn place_batch(&mut self, model: &Transformer) {
        let sequences = self.blocks * self.block_sequences;
        let mut room = Room::default();
        room.take(BATCH_HEAD);
        self.scored_at = room.take(sequences);
        self.noise_at = room.take(2 * sequences.div_ceil(LANES));
        self.classes_at = room.take(sequences * (self.context + 1));
        let learns = model.embedding.learns();
        let classes = model.architecture().classes();
        self.learned_classes = learns.then_some(classes);
        self.starts_at = room.take_if(learns, classes + 1);
        self.order_at = room.take_if(learns, self.rows);
        self.batch = room.used;
    }

    /// Bytes of each buffer, by what it is for.
    pub(crate) fn buffers(&self) -> [(Buffer, u64); 8] {
        let spans = self.parameters.div_ceil(SPAN);
        let numbers = [
            (Buffer::Parameters, self.parameters),
            (Buffer::Moments, 2 * self.parameters),
            (Buffer::Gradients, self.splits * self.parameters + spans),
            (Buffer::Activations, self.activations),
            (Buffer::Tables, self.tables),
            (Buffer::Batch, self.batch),
            (Buffer::Status, STATUS_HEAD + ENTRY * ENTRIES),
            // A buffer has to have something in it.
            (Buffer::Matrices, self.matrix_work.max(16)),
        ];
        numbers.map(|(buffer, count)| (buffer, count as u64 * NUMBER))
    }

    /// Bytes from one launch number to the next: what every device allows.
    pub(crate) fn launch_step(&self) -> u64 {
        256
    }

    /// Bytes of all launch numbers, those of layers and of turns.
    pub(crate) fn launches(&self) -> u64 {
        self.launch_step() * self.layers.max(muon::TIMES + 1) as u64
    }

    /// Bytes of the buffer that the host can read: of an arena, the status or the outcomes.
    pub(crate) fn read_back(&self) -> u64 {
        let status = STATUS_HEAD + ENTRY * ENTRIES;
        self.parameters.max(status).max(4 * self.rows) as u64 * NUMBER
    }

    /// Where the squares of the gradients are, behind all arenas.
    pub(crate) fn squares_at(&self) -> usize {
        self.splits * self.parameters
    }

    /// Workgroups that add up gradients.
    pub(crate) fn spans(&self) -> usize {
        self.parameters.div_ceil(SPAN)
    }

    /// Rows that a block has.
    pub(crate) fn block_rows(&self) -> usize {
        self.block_sequences * self.context
    }
}

/// What a buffer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Buffer {
    Parameters,
    Moments,
    Gradients,
    Activations,
    Tables,
    Batch,
    Status,
    Matrices,
}

impl Buffer {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Buffer::Parameters => "parameters",
            Buffer::Moments => "moments",
            Buffer::Gradients => "gradients",
            Buffer::Activations => "activations",
            Buffer::Tables => "tables",
            Buffer::Batch => "batch",
            Buffer::Status => "status",
            Buffer::Matrices => "matrices",
        }
    }
}

/// The linear layers whose weights have gradients.
fn linears(model: &Transformer) -> impl Iterator<Item = &Linear> {
    let layers = model.blocks.iter().flat_map(|block| {
        let (attention, feed_forward) = (&block.attention, &block.feed_forward);
        [&attention.input, &attention.output, &feed_forward.input, &feed_forward.output]
    });
    layers.chain([&model.head]).chain(model.embedding.projection())
}

/// The normalisations of the first layer, and the one before the head.
pub(crate) fn norms(model: &Transformer) -> [Option<&LayerNorm>; 3] {
    let first = &model.blocks[0];
    let residuals = [&first.attention_residual, &first.feed_forward_residual];
    let [attention, feed_forward] = residuals.map(|residual| residual.norm());
    [attention, feed_forward, model.final_norm.as_ref()]
}

/// The rows of the tables that are not trained, in the order of the parts.
pub(crate) fn fixed_tables(model: &Transformer) -> impl Iterator<Item = &Vec<f32>> {
    let parts = model.embedding.parts().iter();
    parts.flat_map(|part| [&part.value, &part.position]).filter_map(|table| match &table.rows {
        TableRows::Fixed(rows) => Some(rows),
        TableRows::Learned(_) => None,
    })
}

/// Where each fixed table is.
pub(crate) fn fixed_places(model: &Transformer) -> Vec<usize> {
    let mut room = Room::default();
    fixed_tables(model).map(|table| room.take(table.len())).collect()
}

/// Whether the optimizer is one of whole matrices.
pub(crate) fn has_matrices(optimizer: Optimizer) -> bool {
    match optimizer {
        Optimizer::AdamW | Optimizer::Adam | Optimizer::Sgd => false,
        Optimizer::Muon => true,
    }
}
