//! What stands behind the end of a sequence is of no importance.

use ninth_kernels::{InstructionSet, LANES, as_floats, as_floats_mut};
use ninth_model::embedding::{EmbeddingKind, EmbeddingKinds, EmbeddingSettings, TableTraining};
use ninth_model::loss::{LossKind, LossSettings, Positions};
use ninth_model::normalisation::Normalisation;
use ninth_model::output::Output;
use ninth_model::{
    Accumulator, Architecture, Batch, LayerContext, Loss, LossOutput, ModelSettings, Transformer,
    Workspace,
};
use ninth_sequences::IntegerRange;
use proptest::prelude::*;
use proptest::sample::select;

const CONTEXT: usize = 7;
const CLASSES: u16 = 40;

fn models() -> impl Strategy<Value = (Transformer, LossSettings)> {
    let kinds =
        select(vec![EmbeddingKind::Learned, EmbeddingKind::Frequency, EmbeddingKind::Binary]);
    let model = (select(Normalisation::ALL), select(Output::ALL), select(vec![0.0, 0.3]));
    let loss = (select(LossKind::ALL), select(Positions::ALL));
    (kinds, model, loss).prop_map(|(kind, (normalisation, output, dropout), (loss, positions))| {
        let model = ModelSettings {
            d_model: 12,
            heads: 3,
            feed_forward: 20,
            dropout,
            normalisation,
            output,
            ..Default::default()
        };
        let (kind, table) = (EmbeddingKinds(vec![kind]), TableTraining::Learned);
        let embedding = EmbeddingSettings { kind, projection: true, table };
        let range = IntegerRange::new(0, i64::from(CLASSES) - 1).unwrap();
        let architecture = Architecture::new(range, CONTEXT, embedding, model).unwrap();
        let loss = LossSettings { kind: loss, positions, ..Default::default() };
        (Transformer::new(architecture), loss)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn padding_never_changes_a_logit_or_a_gradient(
        (model, settings) in models(),
        sequences in prop::collection::vec(
            prop::collection::vec(0..CLASSES, 2..CONTEXT + 1), 1..LANES),
        padding in 0..CLASSES,
        seed in any::<u64>(),
    ) {
        let loss = Loss::new(&settings, model.architecture());
        let parameters = model.layout().initial(seed);
        let mut batch = Batch::new(CONTEXT, sequences.len());
        for (index, sequence) in sequences.iter().enumerate() {
            batch.set(index, sequence.iter().copied());
        }
        let mut padded = batch.clone();
        for lane in 0..LANES {
            padded.chunks_mut()[0].pad(lane, padding);
        }
        for instruction_set in InstructionSet::available() {
            let layer_context = LayerContext { instruction_set, parameters: as_floats(&parameters) };
            let mut workspace = Workspace::new(&model);
            let mut run = |batch: &Batch| {
                let chunk = &batch.chunks()[0];
                let mut gradients = model.layout().zeros();
                let mut losses = LossOutput::new(CONTEXT);
                let arena = as_floats_mut(&mut gradients);
                let sums = Accumulator { arena, from_zero: true };
                model.forward_backward(layer_context, &loss, chunk, &mut workspace, sums, &mut losses);
                let mut logits = Vec::new();
                for position in 0..CONTEXT {
                    let column = model.logits(layer_context, chunk, position, &mut workspace);
                    for (lane, sequence) in sequences.iter().enumerate() {
                        if position < sequence.len() {
                            logits.extend(column.iter().map(|output| output.0[lane]));
                        }
                    }
                }
                (gradients, losses.weighted_loss(&loss, chunk), logits)
            };
            let (gradients, loss, logits) = run(&batch);
            prop_assert!(as_floats(&gradients).iter().all(|gradient| gradient.is_finite()));
            let (padded_gradients, padded_loss, padded_logits) = run(&padded);
            prop_assert!(gradients == padded_gradients);
            prop_assert!(loss == padded_loss && logits == padded_logits);
        }
    }
}
