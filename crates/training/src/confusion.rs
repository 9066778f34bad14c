//! Confusion: how often each term was predicted, by the right term.

/// Counts of predicted against right classes. Neighbouring classes share a bin
/// where there are many of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    classes: usize,
    bins: usize,
    /// `[bins][bins]`, by the right class, then by the predicted one.
    counts: Vec<u64>,
}

impl Confusion {
    /// The largest number of bins per axis: what a chart can show.
    pub const MAX_BINS: usize = 64;

    /// An empty table for `classes` classes.
    pub fn new(classes: usize) -> Self {
        let bins = classes.clamp(1, Self::MAX_BINS);
        Confusion { classes: classes.max(1), bins, counts: vec![0; bins * bins] }
    }

    /// Counts a prediction. A class out of range counts as the last one.
    pub fn add(&mut self, predicted: u16, target: u16) {
        let bin = |class: u16| usize::from(class).min(self.classes - 1) * self.bins / self.classes;
        let place = bin(target) * self.bins + bin(predicted);
        self.counts[place] += 1;
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of bins per axis.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// How often a class of the bin `predicted` was predicted where one of the bin
    /// `target` was right; 0 for bins out of range.
    pub fn count(&self, target: usize, predicted: usize) -> u64 {
        if predicted >= self.bins {
            return 0;
        }
        self.counts.get(target * self.bins + predicted).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_fall_into_bins_in_order() {
        let mut confusion = Confusion::new(256);
        assert_eq!((confusion.classes(), confusion.bins()), (256, 64));
        confusion.add(3, 0);
        confusion.add(0, 3);
        confusion.add(255, 4);
        assert_eq!(confusion.count(0, 0), 2);
        assert_eq!(confusion.count(1, 63), 1);
        assert_eq!(
            (confusion.count(63, 1), confusion.count(0, 64), confusion.count(64, 0)),
            (0, 0, 0)
        );
    }

    #[test]
    fn few_classes_have_a_bin_each_and_none_is_out_of_reach() {
        let mut confusion = Confusion::new(3);
        for class in [0, 1, 2, u16::MAX] {
            confusion.add(class, class);
        }
        assert_eq!([0, 1, 2].map(|class| confusion.count(class, class)), [1, 1, 2]);
        Confusion::new(0).add(5, 5);
        let mut many = Confusion::new(1 << 16);
        many.add(u16::MAX, 0);
        assert_eq!(many.count(0, 63), 1);
    }
}
