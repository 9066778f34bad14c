//! Bars: one value per name, beside a value to beat.

use super::axis::{Axis, Fit, Scale, Unit};
use super::{
    Anchor, Colour, Drawing, HEIGHT, LINE, MARGIN, Plot, Swatch, TYPE, WIDTH, room_for, shortened,
    width_of,
};
use crate::format::decimal;

/// A value with a name.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// The value; NaN has no bar.
    pub value: f64,
    /// The value that it is compared with.
    pub compared: f64,
    /// Words that appear under the pointer.
    pub words: String,
}

/// Bars that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// Their heading.
    pub name: String,
    /// Their colour.
    pub colour: Colour,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// Horizontal bars of shares in groups, for long names.
///
/// ```
/// use ninth_report::chart::{Bar, Bars, Colour, Group};
///
/// let words = "order-zero: 98.0 %".to_string();
/// let bar = Bar { name: "order-zero".to_string(), value: 0.98, compared: 0.9, words };
/// let group = Group { name: "simple".to_string(), colour: Colour::Step(0), bars: vec![bar] };
/// let bars = Bars { label: "Right last terms by family", compared: "linear", groups: vec![group] };
/// assert!(bars.draw().stand_alone().starts_with("<svg"));
/// ```
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// Its description for screen readers.
    pub label: &'a str,
    /// The name of the values that bars are compared with.
    pub compared: &'a str,
    /// The groups.
    pub groups: Vec<Group>,
}

/// The label of a share beside its bar.
fn share(value: f64) -> String {
    match value {
        _ if !value.is_finite() => "-".to_string(),
        // One digit less leaves space for the bar.
        _ if value >= 0.9995 => "100".to_string(),
        _ => decimal(100.0 * value.clamp(-1e4, 1e4), 1),
    }
}

impl Bars<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(0.0, self.label);
        let bars = || self.groups.iter().flat_map(|group| &group.bars);
        let values = bars().flat_map(|bar| [bar.value, bar.compared]);
        let axis = Axis::new(Scale::Linear, Unit::Share, Fit::FromZero, 4, values);
        let names = bars().map(|bar| width_of(&bar.name)).fold(0.0, f64::max).min(WIDTH / 2.5);
        let number = width_of("100.0") + MARGIN;
        let left = names + 2.0 * MARGIN;
        let top = drawing.legend(&[(self.compared, Colour::Ink, Swatch::Tick)]) + 4.0;
        let rows: usize = self.groups.iter().map(|group| group.bars.len() + 1).sum();
        let bottom = top + rows as f64 * LINE + 6.0 * self.groups.len() as f64;
        let plot = Plot { left, top, right: WIDTH - number - MARGIN, bottom };
        drawing.height = bottom + 2.0 * LINE;
        for &tick in axis.ticks() {
            let x = plot.x(&axis, tick);
            drawing.line("grid", (x, top), (x, bottom));
        }
        let mut y = top;
        for group in &self.groups {
            y += LINE + 2.0;
            drawing.text(MARGIN, y - 5.0, "b", Anchor::Start, &group.name);
            for bar in &group.bars {
                let name = shortened(&bar.name, names);
                drawing.text(left - 6.0, y + 12.0, "", Anchor::End, &name);
                if bar.value.is_finite() {
                    let size = (plot.x(&axis, bar.value) - left, LINE - 6.0);
                    let class = group.colour.class();
                    drawing.rectangle(&class, (left, y + 2.0), size, &bar.words);
                }
                if bar.compared.is_finite() {
                    let x = plot.x(&axis, bar.compared);
                    drawing.line("tick", (x, y + 0.5), (x, y + LINE - 2.5));
                }
                let at = WIDTH - MARGIN / 2.0;
                drawing.text(at, y + 12.0, "", Anchor::End, &share(bar.value));
                y += LINE;
            }
            y += 4.0;
        }
        plot.draw_x(&mut drawing, &axis, "");
        drawing
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
    /// The name of the values that bars are compared with.
    pub compared: &'a str,
    /// The bars.
    pub bars: Vec<Bar>,
}

impl Columns<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(HEIGHT, self.label);
        let values = self.bars.iter().flat_map(|bar| [bar.value, bar.compared]);
        let axis = Axis::new(Scale::Linear, Unit::Share, Fit::FromZero, 5, values);
        let top = drawing.legend(&[
            (self.name, Colour::Series(0), Swatch::Area),
            (self.compared, Colour::Ink, Swatch::Tick),
        ]) + LINE;
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
        let written = widest(|bar| share(bar.value)) <= pitch;
        for (index, bar) in self.bars.iter().enumerate() {
            let middle = plot.left + (index as f64 + 0.5) * pitch;
            if bar.value.is_finite() {
                let y = plot.y(&axis, bar.value);
                let (at, size) = ((middle - width / 2.0, y), (width, bottom - y));
                drawing.rectangle(&Colour::Series(0).class(), at, size, &bar.words);
            }
            if bar.compared.is_finite() {
                let y = plot.y(&axis, bar.compared);
                let half = width / 2.0 + if pitch > 8.0 { 3.0 } else { 0.0 };
                drawing.line("tick", (middle - half, y), (middle + half, y));
            }
            if written && bar.value.is_finite() {
                // Above the tick, where that would cross the text.
                let (own, tick) = (plot.y(&axis, bar.value), plot.y(&axis, bar.compared));
                let close = bar.compared.is_finite() && (own - TYPE - 8.0..own).contains(&tick);
                let y = if close { tick } else { own } - 5.0;
                drawing.text(middle, y, "", Anchor::Middle, &share(bar.value));
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

    fn bars(values: Vec<(String, f64, f64)>) -> Vec<Bar> {
        values
            .into_iter()
            .map(|(name, value, compared)| Bar { words: name.clone(), name, value, compared })
            .collect()
    }

    fn draw(values: Vec<(String, f64, f64)>) {
        let bars = bars(values);
        let group = |colour| Group { name: "<&>".to_string(), colour, bars: bars.clone() };
        let groups = vec![group(Colour::Step(0)), group(Colour::Ink)];
        well_formed(&Bars { label: "a\"b", compared: "<", groups }.draw().stand_alone());
        let columns = Columns { label: "a\"b", x: "x", name: "<", compared: ">", bars };
        well_formed(&columns.draw().stand_alone());
    }

    #[test]
    fn odd_data_makes_a_picture_all_the_same() {
        draw(Vec::new());
        draw(vec![("a".repeat(500), f64::NAN, f64::INFINITY)]);
        draw(vec![("<>".to_string(), 0.0, 0.0); 300]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_data_makes_a_picture(
            values in prop::collection::vec((".*", any::<f64>(), any::<f64>()), 0..20),
        ) {
            draw(values);
        }
    }
}
