//! The sizes of a training on a device, and where everything is in its buffers.
//!
//! All of it is known before memory is allocated. `program.rs` writes these numbers into the
//! kernels as constants, `engine.rs` allocates buffers by them. Sizes and offsets are counted in
//! words of four bytes, `f32` or `u32`.

use ninth_kernels::LANES;
use ninth_model::Transformer;
use ninth_model::embedding::TableRows;
use ninth_model::linear::Linear;
use ninth_model::normalisation::{LayerNorm, Normalisation};
use ninth_training::Config;
use ninth_training::optimizer::{Optimizer, ParameterGroup, muon};

/// Bytes of a word.
pub(crate) const WORD_BYTES: u64 = 4;

/// The offset of what is not allocated.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Rows of the largest tile of a matrix product.
const LARGEST_TILE: usize = 64;

/// Threads of a workgroup.
pub(crate) const THREADS: usize = 128;

/// Threads that share a row, in normalisations and losses, or sixteen columns, in the gradients
/// of scales and tables.
pub(crate) const TEAM: usize = 16;

/// Columns of the left operand and rows of the right one that hardware multiplies at a time.
pub(crate) const PANEL: usize = 16;

/// A launch with fewer workgroups than this would leave parts of a device idle.
const ENOUGH_WORKGROUPS: usize = 256;

/// The same for the gradients of the weights, whose workgroups have little work each.
const ENOUGH_TILES: usize = 512;

/// The largest width of the residual stream for which a workgroup takes its sequences through the
/// whole model. In wider models each stage has enough work for a launch of its own, and a
/// workgroup could not read all weights fast enough.
const WIDEST_FUSED: usize = 128;

/// Elements that a workgroup processes where each is processed separately: four per thread.
pub(crate) const SPAN: usize = 4 * THREADS;

/// Words of the header of a batch; see [`UploadHeader`](crate::upload::UploadHeader).
pub(crate) const HEADER_WORDS: usize = 16;

/// The word of the status that is not zero once a step had a loss or a norm that is not finite.
pub(crate) const HALTED: usize = 0;

/// The word of the status that has the entry of that step.
pub(crate) const HALTED_AT: usize = 1;

/// The word of the status that has the factor by which gradients are clipped.
pub(crate) const CLIPPING_FACTOR: usize = 2;

/// Words of the status before the entries of steps.
pub(crate) const STATUS_HEADER: usize = 4;

/// Words of the entry of a step in the status: loss, norm of the gradients, last positions that
/// are predicted correctly, last positions that are scored.
pub(crate) const ENTRY_WORDS: usize = 4;

/// Entries in the status: the host reads it at the latest after this many steps.
pub(crate) const ENTRIES: usize = 256;

/// Words of the outcome of a position: loss, cross-entropy, predicted class, and whether it is a
/// last position that is predicted correctly.
pub(crate) const OUTCOME_WORDS: usize = 4;

/// Words of the row of a matrix in the tables; see [`MatrixOffsets`].
pub(crate) const MATRIX_WORDS: usize = 4;

/// An update flag of sixteen parameters: their weights decay.
pub(crate) const DECAYS: u32 = 1;

/// An update flag of sixteen parameters: Muon updates the matrix they belong to.
pub(crate) const OF_MATRIX: u32 = 2;

/// Bytes from the arguments of a launch to those of the next one: the alignment that every
/// device accepts for a dynamic offset.
pub(crate) const LAUNCH_STRIDE: u64 = 256;

/// A tile of a matrix product, and how threads share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TileShape {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) rows_per_thread: usize,
    /// Two or four.
    pub(crate) columns_per_thread: usize,
}

impl TileShape {
    /// The smallest tile with at least `rows` rows, or the largest one.
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

    /// The number of tiles of a matrix.
    pub(crate) fn count(self, rows: usize, columns: usize) -> usize {
        rows.div_ceil(self.rows) * columns.div_ceil(self.columns)
    }
}

/// Allocates consecutive ranges of a buffer, each at a multiple of sixteen words, a cache line.
#[derive(Default)]
struct OffsetAllocator {
    used: usize,
}

impl OffsetAllocator {
    /// The offset of `words` words.
    fn allocate(&mut self, words: usize) -> usize {
        let offset = self.used;
        self.used += words.next_multiple_of(16);
        offset
    }

    /// The offset of `words` words if they are needed, else [`NOWHERE`].
    fn allocate_if(&mut self, needed: bool, words: usize) -> usize {
        if needed { self.allocate(words) } else { NOWHERE as usize }
    }
}

/// How a batch is divided among workgroups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    /// Whether one kernel takes a block through the whole model.
    pub(crate) fused: bool,
    /// Workgroups that share a batch, each with a block of sequences.
    pub(crate) count: usize,
    /// Sequences of a block.
    pub(crate) sequences: usize,
    /// Positions of a block, `sequences` T.
    pub(crate) rows: usize,
}

impl Blocks {
    fn new(sequences: usize, context: usize, width: usize) -> Self {
        let fused = width <= WIDEST_FUSED;
        let fitting = (LARGEST_TILE / context).max(1);
        let per_block = match fused {
            // A power of two, so that its rows fill a tile.
            true => (1 << (sequences / ENOUGH_WORKGROUPS).max(1).ilog2()).min(fitting),
            false => fitting,
        };
        Blocks {
            fused,
            count: sequences.div_ceil(per_block),
            sequences: per_block,
            rows: per_block * context,
        }
    }

    /// Sequences of all blocks, including those that fill the last block.
    fn all_sequences(self) -> usize {
        self.count * self.sequences
    }
}

/// How the gradients of the weights are divided among workgroups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GradientSplits {
    /// The tile of these products, and of those of Muon.
    pub(crate) tile: TileShape,
    /// Tiles of the gradients of all linear layers.
    pub(crate) tiles: usize,
    /// Parts of the batch, each with gradients of its own, which are added up in the end.
    pub(crate) count: usize,
    /// Rows of a part.
    pub(crate) rows: usize,
}

impl GradientSplits {
    fn new(model: &Transformer, rows: usize) -> Self {
        let tile = TileShape::holding(LARGEST_TILE);
        let tiles =
            linears(model).map(|linear| tile.count(linear.outputs, linear.inputs)).sum::<usize>();
        let wanted = ENOUGH_TILES.div_ceil(tiles).min(rows.div_ceil(LARGEST_TILE));
        let split_rows = rows.div_ceil(wanted).next_multiple_of(PANEL);
        GradientSplits { tile, tiles, count: rows.div_ceil(split_rows), rows: split_rows }
    }
}

/// Offsets of the activations, `[rows][...]` each, and of their gradients, whose names begin
/// with `d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ActivationOffsets {
    /// Embedded terms before the projection, `[rows][E]`.
    pub(crate) features: usize,
    pub(crate) dfeatures: usize,
    /// The residual stream before every sublayer and after the last one,
    /// `[2 layers + 1][rows][C]`.
    pub(crate) streams: usize,
    pub(crate) dstreams: usize,
    /// Inputs of the sublayers and the head, if they are not the streams themselves.
    pub(crate) inputs: usize,
    pub(crate) dinputs: usize,
    /// Normalised values, and one over their standard deviations.
    pub(crate) normalised: usize,
    pub(crate) scales: usize,
    /// Sums of stream and sublayer that are normalised afterwards.
    pub(crate) sum: usize,
    pub(crate) dsums: usize,
    /// Gradients of the outputs of sublayers before dropout, `[2 layers][rows][C]`.
    pub(crate) doutputs: usize,
    /// Queries, keys and values, `[layers][rows][3 C]`.
    pub(crate) qkv: usize,
    pub(crate) dqkv: usize,
    /// Attention weights, `[layers][rows][H][T]`.
    pub(crate) weights: usize,
    pub(crate) dscores: usize,
    /// Attention outputs before the projection, `[layers][rows][C]`.
    pub(crate) mixed: usize,
    pub(crate) dmixed: usize,
    /// Feed-forward activations, and the derivatives of the activation, `[layers][rows][F]`.
    pub(crate) hidden: usize,
    pub(crate) dhidden: usize,
    pub(crate) derivative: usize,
    /// Logits, then their gradients, `[rows][V]`.
    pub(crate) logits: usize,
    /// `[rows][OUTCOME_WORDS]`.
    pub(crate) outcomes: usize,
    /// Words of all of them.
    pub(crate) words: usize,
}

impl ActivationOffsets {
    fn new(model: &Transformer, rows: usize) -> Self {
        let architecture = model.architecture();
        let settings = architecture.model();
        let (c, f, h) = (settings.d_model, settings.feed_forward, settings.heads);
        let (layers, t) = (settings.layers, architecture.context());
        let e = architecture.embedding_width();
        let pre = settings.normalisation == Normalisation::Pre;
        let post = settings.normalisation == Normalisation::Post;
        let projected = model.embedding.projection().is_some();
        let learned = model.embedding.learns();
        let (streams, sublayers) = (2 * layers + 1, 2 * layers);

        let mut allocator = OffsetAllocator::default();
        let stream_offset = allocator.allocate(streams * rows * c);
        let dstream_offset = allocator.allocate(streams * rows * c);
        ActivationOffsets {
            streams: stream_offset,
            dstreams: dstream_offset,
            inputs: allocator.allocate_if(pre, streams * rows * c),
            dinputs: allocator.allocate_if(pre, streams * rows * c),
            normalised: allocator.allocate_if(pre || post, streams * rows * c),
            scales: allocator.allocate_if(pre || post, streams * rows),
            sum: allocator.allocate_if(post, rows * c),
            dsums: allocator.allocate_if(post, sublayers * rows * c),
            doutputs: allocator.allocate_if(model.dropout().is_some(), sublayers * rows * c),
            qkv: allocator.allocate(layers * rows * 3 * c),
            dqkv: allocator.allocate(layers * rows * 3 * c),
            weights: allocator.allocate(layers * rows * h * t),
            dscores: allocator.allocate(rows * h * t),
            mixed: allocator.allocate(layers * rows * c),
            dmixed: allocator.allocate(rows * c),
            hidden: allocator.allocate(layers * rows * f),
            dhidden: allocator.allocate(layers * rows * f),
            derivative: allocator.allocate(layers * rows * f),
            logits: allocator.allocate(rows * model.head.outputs),
            outcomes: allocator.allocate(rows * OUTCOME_WORDS),
            // Without a projection, the embedded terms are the first residual stream.
            features: if projected { allocator.allocate(rows * e) } else { stream_offset },
            dfeatures: match projected {
                true => allocator.allocate_if(learned, rows * e),
                false => dstream_offset,
            },
            words: allocator.used,
        }
    }
}

/// A matrix that Muon makes orthogonal; its first four fields are a row of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatrixOffsets {
    /// The offset among the parameters.
    pub(crate) at: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// The offset of its memory in the buffer of matrices.
    pub(crate) x: usize,
}

impl MatrixOffsets {
    pub(crate) fn short(self) -> usize {
        self.rows.min(self.columns)
    }

    pub(crate) fn long(self) -> usize {
        self.rows.max(self.columns)
    }

    /// The row of the tables.
    pub(crate) fn words(self) -> [u32; MATRIX_WORDS] {
        [self.at, self.rows, self.columns, self.x].map(|word| word as u32)
    }
}

/// Offsets of what never changes: fixed embedding tables, update flags, and matrices.
#[derive(Clone, Debug)]
pub(crate) struct TableOffsets {
    /// The update flags of every sixteen parameters.
    pub(crate) flags_at: usize,
    /// Those flags.
    pub(crate) flags: Vec<u32>,
    /// The rows of the matrices, `[matrices][MATRIX_WORDS]`.
    pub(crate) matrices_at: usize,
    pub(crate) matrices: Vec<MatrixOffsets>,
    /// Words of the buffer of matrices.
    pub(crate) matrix_words: usize,
    /// Words of the tables.
    pub(crate) words: usize,
}

impl TableOffsets {
    fn new(config: &Config, model: &Transformer) -> Self {
        let (mut flags, mut matrices) = (Vec::new(), Vec::new());
        let (mut at, mut memory) = (0, OffsetAllocator::default());
        for group in ParameterGroup::cut(model.layout(), &config.optimizer) {
            if let Some(matrix) = group.matrix {
                let (rows, columns) = (matrix.rows, matrix.columns);
                let (size, short) = (rows * columns, rows.min(columns));
                // X, the next X, A and the factor, and the sums of squares of workgroups.
                let words = 2 * size + 2 * short * short + size.div_ceil(SPAN);
                matrices.extend((0..matrix.stacked).map(|index| MatrixOffsets {
                    at: at + index * size,
                    rows,
                    columns,
                    x: memory.allocate(words),
                }));
            }
            let decays = u32::from(group.decays) * DECAYS;
            let of_matrix = u32::from(group.matrix.is_some()) * OF_MATRIX;
            flags.extend(std::iter::repeat_n(decays | of_matrix, group.lanes));
            at += group.lanes * LANES;
        }
        let mut allocator = OffsetAllocator::default();
        for table in fixed_tables(model) {
            allocator.allocate(table.len());
        }
        TableOffsets {
            flags_at: allocator.allocate(model.layout().lanes()),
            flags,
            matrices_at: allocator.allocate(MATRIX_WORDS * matrices.len()),
            matrices,
            matrix_words: memory.used,
            words: allocator.used,
        }
    }
}

/// Offsets in a batch, behind its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BatchOffsets {
    /// Scored positions of each sequence.
    pub(crate) scored: usize,
    /// The dropout seed of every sixteen sequences, two words each.
    pub(crate) noise: usize,
    /// Classes, `[sequences][T + 1]`.
    pub(crate) classes: usize,
    /// Where the rows of each class begin in `order`, if tables of classes are trained.
    pub(crate) starts: usize,
    /// Rows sorted by their class, if tables of classes are trained.
    pub(crate) order: usize,
    /// The number of classes, if tables of classes are trained.
    pub(crate) learned_classes: Option<usize>,
    /// Words of a batch.
    pub(crate) words: usize,
}

impl BatchOffsets {
    fn new(model: &Transformer, sequences: usize) -> Self {
        let context = model.architecture().context();
        let learned = model.embedding.learns();
        let classes = model.architecture().classes();
        let mut allocator = OffsetAllocator::default();
        allocator.allocate(HEADER_WORDS);
        BatchOffsets {
            scored: allocator.allocate(sequences),
            noise: allocator.allocate(2 * sequences.div_ceil(LANES)),
            classes: allocator.allocate(sequences * (context + 1)),
            starts: allocator.allocate_if(learned, classes + 1),
            order: allocator.allocate_if(learned, sequences * context),
            learned_classes: learned.then_some(classes),
            words: allocator.used,
        }
    }
}

/// Sizes and offsets of a training.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Sequences of a batch.
    pub(crate) sequences: usize,
    /// T.
    pub(crate) context: usize,
    /// Positions of all sequences, including those that fill the last block.
    pub(crate) rows: usize,
    pub(crate) layers: usize,
    /// Normalisations.
    pub(crate) norms: usize,
    /// Words of the parameters.
    pub(crate) parameters: usize,
    /// Words from the parameters of a transformer layer to those of the next one.
    pub(crate) layer_parameters: usize,
    pub(crate) blocks: Blocks,
    /// The tile of the layers' products.
    pub(crate) tile: TileShape,
    pub(crate) splits: GradientSplits,
    pub(crate) activations: ActivationOffsets,
    pub(crate) tables: TableOffsets,
    pub(crate) batch: BatchOffsets,
}

impl Plan {
    /// The plan for a config with batches of `sequences` sequences.
    pub(crate) fn new(config: &Config, model: &Transformer, sequences: usize) -> Self {
        let architecture = model.architecture();
        let settings = architecture.model();
        let (context, layers) = (architecture.context(), settings.layers);
        let blocks = Blocks::new(sequences, context, settings.d_model);
        let rows = blocks.count * blocks.rows;
        Plan {
            sequences,
            context,
            rows,
            layers,
            norms: match settings.normalisation {
                Normalisation::None => 0,
                Normalisation::Pre => 2 * layers + 1,
                Normalisation::Post => 2 * layers,
            },
            parameters: model.layout().lanes() * LANES,
            layer_parameters: match model.blocks.as_slice() {
                [first, second, ..] => {
                    second.attention.input.weight.start - first.attention.input.weight.start
                }
                _ => 0,
            },
            blocks,
            tile: TileShape::holding(blocks.rows),
            splits: GradientSplits::new(model, rows),
            activations: ActivationOffsets::new(model, rows),
            tables: TableOffsets::new(config, model),
            batch: BatchOffsets::new(model, blocks.all_sequences()),
        }
    }

    /// Bytes of each buffer, in the order of their bindings.
    pub(crate) fn buffers(&self) -> [(Buffer, u64); 8] {
        let words = [
            (Buffer::Parameters, self.parameters),
            (Buffer::Moments, 2 * self.parameters),
            (Buffer::Gradients, self.squares_at() + self.spans()),
            (Buffer::Activations, self.activations.words),
            (Buffer::Tables, self.tables.words),
            (Buffer::Batch, self.batch.words),
            (Buffer::Status, STATUS_HEADER + ENTRY_WORDS * ENTRIES),
            // A buffer must not be empty.
            (Buffer::Matrices, self.tables.matrix_words.max(16)),
        ];
        words.map(|(buffer, count)| (buffer, count as u64 * WORD_BYTES))
    }

    /// Bytes of the arguments of all launches: one for each layer or iteration of Muon.
    pub(crate) fn launches(&self) -> u64 {
        LAUNCH_STRIDE * self.layers.max(muon::TIMES + 1) as u64
    }

    /// Bytes of the buffer that the host can read: it holds the parameters, the status, or the
    /// outcomes.
    pub(crate) fn read_back(&self) -> u64 {
        let status = STATUS_HEADER + ENTRY_WORDS * ENTRIES;
        self.parameters.max(status).max(OUTCOME_WORDS * self.rows) as u64 * WORD_BYTES
    }

    /// The offset of the sums of squares in the buffer of gradients, behind all parts.
    pub(crate) fn squares_at(&self) -> usize {
        self.splits.count * self.parameters
    }

    /// Workgroups that add up gradients.
    pub(crate) fn spans(&self) -> usize {
        self.parameters.div_ceil(SPAN)
    }
}

/// The buffers that the kernels read and write.
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

/// The two normalisations of the first layer, and that before the head.
pub(crate) fn norms(model: &Transformer) -> [Option<&LayerNorm>; 3] {
    let first = &model.blocks[0];
    let residuals = [&first.attention_residual, &first.feed_forward_residual];
    let [attention, feed_forward] = residuals.map(|residual| residual.norm());
    [attention, feed_forward, model.final_norm.as_ref()]
}

/// The embedding tables that are not trained, in the order of the embedding's parts.
pub(crate) fn fixed_tables(model: &Transformer) -> impl Iterator<Item = &Vec<f32>> {
    let parts = model.embedding.parts().iter();
    parts.flat_map(|part| [&part.value, &part.position]).filter_map(|table| match &table.rows {
        TableRows::Fixed(rows) => Some(rows),
        TableRows::Learned(_) => None,
    })
}

/// The offset of each of these tables.
pub(crate) fn fixed_table_offsets(model: &Transformer) -> Vec<usize> {
    let mut allocator = OffsetAllocator::default();
    fixed_tables(model).map(|table| allocator.allocate(table.len())).collect()
}

/// Whether the optimizer updates whole matrices.
pub(crate) fn has_matrices(optimizer: Optimizer) -> bool {
    match optimizer {
        Optimizer::AdamW | Optimizer::Adam | Optimizer::Sgd => false,
        Optimizer::Muon => true,
    }
}
