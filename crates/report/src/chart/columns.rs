//! Columns: one value per name in an order, beside a value to beat and the best possible one.

use super::axis::{Axis, Fit, Scale, Unit};
use super::{
    Anchor, Colour, Drawing, HEIGHT, LINE, MARGIN, Plot, Swatch, TYPE, WIDTH, room_for, width_of,
};
use crate::format::decimal;

/// A value with a name.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// The value; NaN has no bar.
    pub value: f64,
    /// The value of a baseline, marked by a dot; NaN has none.
    pub baseline: f64,
    /// The best possible value, marked by a line; NaN has none.
    pub limit: f64,
    /// Words that appear under the pointer.
    pub words: String,
}

impl Bar {
    /// The label of its value, a share in per cent without its sign.
    pub fn label(&self) -> String {
        match self.value {
            value if !value.is_finite() => "-".to_string(),
            // One digit less leaves space for the bar.
            value if value >= 0.9995 => "100".to_string(),
            value => decimal(100.0 * value.clamp(-1e4, 1e4), 1),
        }
    }
}

/// Vertical bars of shares in an order.
#[derive(Clone, Debug)]
pub struct Columns<'a> {
    /// Its description for screen readers.
    pub label: &'a str,
    /// The caption of the names.
    pub x: &'a str,
    /// The name of the bars in the legend.
    pub name: &'a str,
    /// The name of the baseline.
    pub baseline: &'a str,
    /// The name of the limit; without one it is not in the legend.
    pub limit: &'a str,
    /// The bars.
    pub bars: Vec<Bar>,
}

impl Columns<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(HEIGHT, self.label);
        let values = self.bars.iter().flat_map(|bar| [bar.value, bar.baseline, bar.limit]);
        let axis = Axis::new(Scale::Linear, Unit::Share, Fit::FromZero, 5, values);
        let mut legend = vec![(self.name, Colour::Series(0), Swatch::Area)];
        if !self.limit.is_empty() {
            legend.push((self.limit, Colour::Ink, Swatch::Line));
        }
        legend.push((self.baseline, Colour::Ink, Swatch::Dot));
        let top = drawing.legend(&legend) + LINE;
        let bottom = HEIGHT - 2.0 * LINE - 4.0;
        let plot = Plot { left: room_for(&axis), top, right: WIDTH - MARGIN, bottom };
        plot.draw_y(&mut drawing, &axis);
        drawing.line("axis", (plot.left, bottom), (plot.right, bottom));
        let pitch = (plot.right - plot.left) / self.bars.len().max(1) as f64;
        let width = (0.72 * pitch).min(48.0);
        let widest = |text: fn(&Bar) -> String| {
            self.bars.iter().map(|bar| width_of(&text(bar))).fold(1.0, f64::max) + 4.0
        };
        let every = (widest(|bar| bar.name.clone()) / pitch).ceil().max(1.0) as usize;
        let written = widest(Bar::label) <= pitch;
        for (index, bar) in self.bars.iter().enumerate() {
            let middle = plot.left + (index as f64 + 0.5) * pitch;
            if bar.value.is_finite() {
                let y = plot.y(&axis, bar.value);
                let (at, size) = ((middle - width / 2.0, y), (width, bottom - y));
                drawing.rectangle(&Colour::Series(0).class(), at, size, &bar.words);
            }
            if bar.limit.is_finite() {
                let y = plot.y(&axis, bar.limit);
                let half = width / 2.0 + if pitch > 8.0 { 3.0 } else { 0.0 };
                drawing.mark((middle - half, y), (middle + half, y));
            }
            if bar.baseline.is_finite() {
                drawing.dot((middle, plot.y(&axis, bar.baseline)));
            }
            if written && bar.value.is_finite() {
                // Above the marks that would cross the text.
                let mut y = plot.y(&axis, bar.value);
                let marks = [bar.baseline, bar.limit].into_iter().filter(|mark| mark.is_finite());
                let mut marks: Vec<f64> = marks.map(|mark| plot.y(&axis, mark)).collect();
                marks.sort_by(|a, b| b.total_cmp(a));
                for mark in marks {
                    if (y - TYPE - 8.0..=y).contains(&mark) {
                        y = mark;
                    }
                }
                drawing.text(middle, y - 6.0, "", Anchor::Middle, &bar.label());
            }
            if index % every == 0 {
                drawing.text(middle, bottom + TYPE + 4.0, "m", Anchor::Middle, &bar.name);
            }
        }
        let middle = (plot.left + plot.right) / 2.0;
        drawing.text(middle, bottom + 34.0, "m", Anchor::Middle, self.x);
        drawing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;
    use proptest::prelude::*;

    fn draw(values: Vec<(String, f64, f64, f64)>) -> String {
        let bars = values.into_iter().map(|(name, value, baseline, limit)| Bar {
            words: name.clone(),
            name,
            value,
            baseline,
            limit,
        });
        let (baseline, limit) = (">", "<");
        let bars = bars.collect();
        let columns = Columns { label: "a\"b", x: "x", name: "<", baseline, limit, bars };
        let svg = columns.draw().stand_alone();
        well_formed(&svg);
        svg
    }

    #[test]
    fn odd_data_makes_a_picture_all_the_same() {
        draw(Vec::new());
        draw(vec![("a".repeat(500), f64::NAN, f64::INFINITY, f64::NAN)]);
        draw(vec![("<>".to_string(), 0.0, 0.0, 0.0); 300]);
    }

    #[test]
    fn only_known_values_are_marked() {
        let marks = |baseline, limit| {
            let svg = draw(vec![("a".to_string(), 0.5, baseline, limit)]);
            let count = |what: &str| svg.matches(what).count();
            (count("class=\"spot\""), count("class=\"halo\""))
        };
        // One dot more in the legend.
        assert_eq!(marks(0.3, 0.9), (2, 1));
        assert_eq!(marks(0.3, f64::NAN), (2, 0));
        assert_eq!(marks(f64::NAN, 0.9), (1, 1));
    }

    /// The label stands above a mark that would cross it, and above both if need be.
    #[test]
    fn labels_are_not_crossed_by_marks() {
        let height = |baseline, limit| -> f64 {
            let svg = draw(vec![("a".to_string(), 0.5, baseline, limit)]);
            let end = svg.find(">50.0</text>").unwrap();
            let text = &svg[..end][svg[..end].rfind("y=\"").unwrap() + 3..];
            text[..text.find('"').unwrap()].parse().unwrap()
        };
        let alone = height(0.1, 1.0);
        assert!(height(0.53, 1.0) < alone - 3.0);
        assert!(height(0.53, 0.6) < height(0.53, 1.0) - 3.0);
        assert_eq!(height(0.6, 0.53), height(0.53, 0.6));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_data_makes_a_picture(
            values in prop::collection::vec(
                (".*", any::<f64>(), any::<f64>(), any::<f64>()),
                0..20,
            ),
        ) {
            draw(values);
        }
    }
}
