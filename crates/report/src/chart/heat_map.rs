//! A heat map: counts of pairs, by colour.

use super::axis::{Axis, Fit, Scale, Unit};
use super::{Anchor, Drawing, LINE, MARGIN, Plot, WIDTH, room_for};
use crate::format::grouped;
use crate::markup::{Coordinate as C, push};

/// Colours of counts.
pub const LEVELS: usize = 8;

/// Counts of pairs of values, both from the same range.
#[derive(Clone, Debug)]
pub struct HeatMap<'a> {
    /// Its description for screen readers.
    pub label: &'a str,
    /// The caption of the horizontal axis.
    pub x: &'a str,
    /// The caption of the vertical axis.
    pub y: &'a str,
    /// The first value of the first bin and of the one that would follow the last.
    pub range: (f64, f64),
    /// Bins in either direction.
    pub bins: usize,
    /// The counts, column by column from the left, each from below.
    pub counts: Vec<u64>,
}

/// The colour of a count, on a logarithmic scale.
fn level(count: u64, most: u64) -> Option<usize> {
    if count == 0 {
        return None;
    }
    let share = libm::log(count as f64) / libm::log(most.max(2) as f64);
    Some(((share * LEVELS as f64) as usize).min(LEVELS - 1))
}

impl HeatMap<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(0.0, self.label);
        let (low, high) = self.range;
        let axis = Axis::new(Scale::Linear, Unit::Plain, Fit::Tight, 5, [low, high]);
        let left = room_for(&axis) + LINE;
        let top = 2.0 * LINE;
        let size = WIDTH - left - 2.0 * MARGIN;
        let plot = Plot { left, top, right: left + size, bottom: top + size };
        drawing.height = plot.bottom + 2.0 * LINE + 4.0;
        let most = self.counts.iter().copied().max().unwrap_or(0);
        self.colours(&mut drawing, most);

        let cell = size / self.bins.max(1) as f64;
        let count = |x: usize, y: usize| self.counts.get(x * self.bins + y).copied().unwrap_or(0);
        let mut paths = vec![String::new(); LEVELS];
        for y in 0..self.bins {
            // Neighbours of the same colour are drawn as one rectangle.
            let mut x = 0;
            while x < self.bins {
                let here = level(count(x, y), most);
                let start = x;
                while x < self.bins && level(count(x, y), most) == here {
                    x += 1;
                }
                if let Some(path) = here.and_then(|here| paths.get_mut(here)) {
                    let at = (left + start as f64 * cell, plot.bottom - (y + 1) as f64 * cell);
                    let wide = (x - start) as f64 * cell;
                    let [a, b, wide, cell] = [at.0, at.1, wide, cell].map(C);
                    push!(*path, "M{a} {b}h{wide}v{cell}h-{wide}z");
                }
            }
        }
        for (index, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            push!(drawing.body, "<path class=\"area t{index}\" d=\"{path}\"/>");
        }
        drawing.line("ref", (plot.left, plot.bottom), (plot.right, plot.top));
        drawing.line("axis", (plot.left, plot.top), (plot.left, plot.bottom));
        for &tick in axis.ticks() {
            let y = plot.y(&axis, tick);
            drawing.line("axis", (left - 4.0, y), (left, y));
            drawing.text(left - 7.0, y + 4.0, "m", Anchor::End, &axis.label(tick));
        }
        plot.draw_x(&mut drawing, &axis, self.x);
        let [x, y] = [MARGIN + 6.0, (plot.top + plot.bottom) / 2.0].map(C);
        push!(drawing.body, "<g transform=\"translate({x} {y}) rotate(-90)\">");
        drawing.text(0.0, 0.0, "m", Anchor::Middle, self.y);
        drawing.body.push_str("</g>");
        drawing
    }

    /// The legend: counts by colour.
    fn colours(&self, drawing: &mut Drawing, most: u64) {
        const WIDE: f64 = 18.0;
        let left = WIDTH - 2.0 * MARGIN - super::width_of(&grouped(most)) - 6.0;
        let left = left - WIDE * LEVELS as f64;
        drawing.text(left - 6.0, 16.0, "m", Anchor::End, "1");
        for index in 0..LEVELS {
            let at = (left + WIDE * index as f64, 7.0);
            drawing.rectangle(&format!("t{index}"), at, (WIDE, 10.0), "");
        }
        let right = left + WIDE * LEVELS as f64 + 6.0;
        drawing.text(right, 16.0, "m", Anchor::Start, &grouped(most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;

    fn draw(bins: usize, counts: Vec<u64>, range: (f64, f64)) -> String {
        let svg = HeatMap { label: "\"", x: "<", y: "&", range, bins, counts }.draw().stand_alone();
        well_formed(&svg);
        svg
    }

    #[test]
    fn odd_data_makes_a_picture_all_the_same() {
        draw(0, Vec::new(), (0.0, 0.0));
        draw(64, vec![0; 64 * 64], (0.0, 256.0));
        draw(64, vec![u64::MAX; 3], (f64::NAN, f64::INFINITY));
        draw(1, vec![1], (-5.0, -5.0));
    }

    #[test]
    fn counts_become_colours_and_stay_small() {
        assert_eq!([0, 1, 2, 100].map(|n| level(n, 100)), [None, Some(0), Some(1), Some(7)]);
        assert_eq!(level(1, 1), Some(0));
        let svg = draw(64, (0..64 * 64).map(|index| index * 7919 % 1000).collect(), (0.0, 256.0));
        assert!(svg.len() < 200_000, "{}", svg.len());
        let one = draw(2, vec![5, 5, 5, 5], (0.0, 2.0));
        assert_eq!(one.matches("h-").count(), 2, "rows of one colour are one piece");
    }
}
