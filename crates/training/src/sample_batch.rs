//! Batches of whole sequences, drawn to judge a model by.

use ninth_kernels::LANES;
use ninth_model::Batch;
use ninth_model::batch::Chunk;
use ninth_sequences::{Draw, IntegerRange, Sampler, Source, Stream};

/// Fills a batch with the sequences `first`, `first + 1`, ... of a stream, and calls `keep`
/// with the draw of each, in their order.
pub fn fill(
    batch: &mut Batch,
    sampler: &Sampler,
    stream: Stream,
    first: u64,
    source: Source,
    mut keep: impl FnMut(Draw),
) {
    let sequences = batch.sequences();
    let mut terms = vec![0; batch.context() + 1];
    for (index, chunk) in batch.chunks_mut().iter_mut().enumerate() {
        let before = index * LANES;
        let (first, count) = (first + before as u64, LANES.min(sequences - before));
        let mut lane = 0;
        sampler.draw_each(stream, first, count, source, &mut terms, |draw, terms| {
            set_sequence(chunk, lane, sampler.range(), terms, draw.length);
            keep(draw);
            lane += 1;
        });
    }
}

/// Sets the sequence of one lane of a chunk to the first `length` of `terms`, of which there are
/// at least as many as the chunk holds per sequence.
pub fn set_sequence(
    chunk: &mut Chunk,
    lane: usize,
    range: IntegerRange,
    terms: &[i64],
    length: usize,
) {
    // Terms that a sampler keeps are in the range, so each has a class.
    let classes = terms.iter().map(|&term| range.class_of(term).unwrap_or(0));
    chunk.set_first(lane, length, classes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ninth_sequences::{IntegerRange, PhaseWeights};

    #[test]
    fn a_batch_holds_the_sequences_of_the_stream() {
        let range = IntegerRange::new(-20, 200).unwrap();
        let sampler = Sampler::new(3, range, 9).unwrap();
        let mut batch = Batch::new(8, 37);
        let mut draws = Vec::new();
        let source = Source::Mixture(PhaseWeights::DOCUMENT);
        fill(&mut batch, &sampler, Stream::Validation, 1000, source, |draw| draws.push(draw));
        assert_eq!(draws.len(), 37);
        for (index, draw) in draws.iter().enumerate() {
            let mut terms = [0; 9];
            let again = sampler.draw(Stream::Validation, 1000 + index as u64, source, &mut terms);
            assert_eq!((again, batch.length(index)), (*draw, draw.length));
            for (position, &term) in terms[..draw.length].iter().enumerate() {
                assert_eq!(range.term_of(batch.class(index, position)), term);
            }
        }
    }
}
