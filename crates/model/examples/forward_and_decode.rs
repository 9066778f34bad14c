//! A forward pass over a batch, and greedy decoding, with an untrained model:
//! `cargo run -p ninth-model --example forward_and_decode`.

use ninth_kernels::{InstructionSet, as_floats};
use ninth_model::decoding::{Decoding, Generation, Predictor};
use ninth_model::embedding::EmbeddingSettings;
use ninth_model::{
    Architecture, Batch, LayerContext, Loss, LossOutput, LossSettings, ModelSettings, Transformer,
    Workspace,
};
use ninth_sequences::IntegerRange;

/// T
const CONTEXT: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let range = IntegerRange::new(0, 99)?;
    let settings = ModelSettings { d_model: 16, heads: 4, layers: 2, ..Default::default() };
    let embedding = EmbeddingSettings { projection: true, ..Default::default() };
    let architecture = Architecture::new(range, CONTEXT, embedding, settings)?;
    let loss = Loss::new(&LossSettings::default(), &architecture);
    let model = Transformer::new(architecture);
    let parameters = model.layout().initial(0);
    println!(
        "{} parameters in {} tensors",
        model.layout().parameters(),
        model.layout().tensors().len()
    );

    // Each sequence has up to T + 1 terms: T to see, and the one after them to predict.
    let sequences = [vec![1, 2, 4, 8, 16, 32, 64], (3..12).collect()];
    let mut batch = Batch::new(CONTEXT, sequences.len());
    for (index, sequence) in sequences.iter().enumerate() {
        batch.set(index, sequence.iter().map(|&term| range.class_of(term).expect("in range")));
    }

    let instruction_set = InstructionSet::detect();
    let layer_context = LayerContext { instruction_set, parameters: as_floats(&parameters) };
    let mut workspace = Workspace::new(&model);
    let mut losses = LossOutput::new(CONTEXT);
    let mut total = 0.0;
    for chunk in batch.chunks() {
        model.evaluate(layer_context, &loss, chunk, &mut workspace, &mut losses);
        total += losses.weighted_loss(&loss, chunk);
    }
    println!("loss of the batch: {total:.4}");
    for (lane, sequence) in sequences.iter().enumerate() {
        let predicted: Vec<i64> = (0..sequence.len() - 1)
            .map(|position| range.term_of(losses.predicted[position][lane]))
            .collect();
        println!("after the terms of {sequence:?}: {predicted:?}");
    }

    let predictor = Predictor::new(instruction_set, model, parameters);
    let next = predictor.continuation(&sequences[0], 3, Generation::Cached, Decoding::Greedy)?;
    println!("greedy continuation of {:?}: {next:?}", sequences[0]);
    Ok(())
}
