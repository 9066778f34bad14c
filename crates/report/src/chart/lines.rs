//! Lines over time, and areas that share a whole.

use super::axis::{Axis, Fit, Scale, Unit};
use super::{
    Anchor, Colour, Drawing, HEIGHT, LINE, MARGIN, Plot, Swatch, WIDTH, room_for, width_of,
};
use crate::markup::{Coordinate as C, escape, push};

/// The largest number of points drawn of a line.
pub const MAX_POINTS: usize = 600;

/// A line.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name; without one it is not in the legend.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// Whether it is drawn behind the others, thin and pale.
    pub faint: bool,
    /// Its points from left to right; NaN is skipped.
    pub points: Vec<(f64, f64)>,
    /// A band around it, from left to right; NaN is skipped.
    pub band: Vec<Interval>,
}

impl Series {
    /// A line without a band.
    pub fn new(name: &str, colour: Colour, points: Vec<(f64, f64)>) -> Self {
        Series { name: name.to_string(), colour, faint: false, points, band: Vec::new() }
    }

    /// Two lines: the points, pale and without a name, and the means over their neighbours
    /// up to `reach` places away in front.
    pub fn with_means(self, reach: usize) -> [Series; 2] {
        let means = Series { points: smoothed(&self.points, reach), ..self.clone() };
        [Series { name: String::new(), faint: true, ..self }, means]
    }
}

/// The values that are left open at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The place on the horizontal axis.
    pub at: f64,
    /// The lowest value.
    pub low: f64,
    /// The highest value.
    pub high: f64,
}

/// A value that a line is compared with.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: f64,
}

/// Lines over a common horizontal axis.
#[derive(Clone, Debug)]
pub struct LineChart<'a> {
    /// Its description for screen readers.
    pub label: &'a str,
    /// The caption of the horizontal axis.
    pub x: &'a str,
    /// The scale of the vertical axis.
    pub scale: Scale,
    /// Its unit.
    pub unit: Unit,
    /// Where it begins and ends.
    pub fit: Fit,
    /// The lines, the front one last.
    pub series: Vec<Series>,
    /// Horizontal lines.
    pub references: Vec<Reference>,
    /// Vertical lines with their labels.
    pub marks: Vec<(f64, String)>,
    /// The least span of the horizontal axis, so that charts side by side have the same one.
    pub whole: Option<(f64, f64)>,
}

impl LineChart<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(HEIGHT, self.label);
        let points = || self.series.iter().flat_map(|series| &series.points);
        let references: Vec<&Reference> =
            self.references.iter().filter(|reference| reference.value.is_finite()).collect();
        let bands = || self.series.iter().flat_map(|series| &series.band);
        let values = points().map(|point| point.1).chain(references.iter().map(|r| r.value));
        let values = values.chain(bands().flat_map(|interval| [interval.low, interval.high]));
        let y = Axis::new(self.scale, self.unit, self.fit, 5, values);
        let whole = self.whole.iter().flat_map(|(low, high)| [*low, *high]);
        let steps = points().map(|point| point.0).chain(whole);
        let x = Axis::new(Scale::Linear, Unit::Plain, Fit::Tight, 4, steps);

        // Colours repeat after some lines; those after are dashed.
        let dashed = |colour| matches!(colour, Colour::Series(index) if index >= super::SERIES);
        let legend: Vec<_> = self
            .series
            .iter()
            .filter(|series| !series.name.is_empty())
            .map(|series| {
                let swatch = if dashed(series.colour) { Swatch::Dashed } else { Swatch::Line };
                (series.name.as_str(), series.colour, swatch)
            })
            .collect();
        let top = drawing.legend(&legend) + MARGIN;
        let names = references.iter().map(|reference| width_of(&reference.name));
        let right = WIDTH - MARGIN - names.fold(0.0, f64::max) - 4.0;
        let top = if self.marks.is_empty() { top } else { top + LINE - 4.0 };
        let bottom = HEIGHT - 2.0 * LINE - 4.0;
        // A long legend makes the drawing higher, not the plot lower.
        let more = (top - 2.0 * LINE).max(0.0);
        drawing.height += more;
        let plot = Plot { left: room_for(&y), top, right, bottom: bottom + more };
        plot.draw_y(&mut drawing, &y);
        plot.draw_x(&mut drawing, &x, self.x);

        let mut places: Vec<f64> = references.iter().map(|r| plot.y(&y, r.value)).collect();
        for place in &places {
            drawing.line("ref", (plot.left, *place), (plot.right, *place));
        }
        super::apart(&mut places, 14.0, plot.top, plot.bottom - 3.0);
        for (reference, place) in references.iter().zip(&places) {
            drawing.text(plot.right + 6.0, place + 4.0, "m", Anchor::Start, &reference.name);
        }
        for (at, word) in self.marks.iter().filter(|mark| mark.0.is_finite()) {
            let at = plot.x(&x, *at);
            drawing.line("ref", (at, plot.top - 4.0), (at, plot.bottom));
            let half = width_of(word) / 2.0;
            let at = at.clamp(half + 2.0, (WIDTH - half - 2.0).max(half + 2.0));
            drawing.text(at, plot.top - 8.0, "m", Anchor::Middle, word);
        }
        for series in &self.series {
            let known = |interval: &&Interval| {
                interval.at.is_finite() && y.has(interval.low) && y.has(interval.high)
            };
            let band: Vec<&Interval> = series.band.iter().filter(known).collect();
            let edge = |of: fn(&Interval) -> f64| {
                let edge: Vec<(f64, f64)> = band.iter().map(|i| (i.at, of(i))).collect();
                thinned(&edge, MAX_POINTS / 2).into_iter()
            };
            let outline = edge(|i| i.high).chain(edge(|i| i.low).rev());
            if band.len() > 1 {
                let path = path(outline.map(|(a, b)| (plot.x(&x, a), plot.y(&y, b))));
                let class = series.colour.class();
                push!(drawing.body, "<path class=\"band {class}\" d=\"{path}Z\"/>");
            }
        }
        for series in &self.series {
            let known = series.points.iter().filter(|(a, b)| a.is_finite() && y.has(*b));
            let known: Vec<(f64, f64)> = known.copied().collect();
            let faint = if series.faint { " faint" } else { "" };
            let dash = if dashed(series.colour) { " dash" } else { "" };
            let class = format!("line{faint}{dash} {}", series.colour.class());
            let place = |(a, b): (f64, f64)| (plot.x(&x, a), plot.y(&y, b));
            if let [point] = known[..] {
                let (a, b) = place(point);
                let [a, b] = [a, b].map(C);
                let class = series.colour.class();
                push!(
                    drawing.body,
                    "<circle class=\"area {class}\" cx=\"{a}\" cy=\"{b}\" r=\"3\"/>"
                );
            } else if !known.is_empty() {
                let path = path(thinned(&known, MAX_POINTS).into_iter().map(place));
                push!(drawing.body, "<path class=\"{class}\" d=\"{path}\"/>");
            }
        }
        if points().all(|(a, b)| !(a.is_finite() && y.has(*b))) {
            nothing(&mut drawing, &plot);
        }
        drawing
    }
}

/// Parts of a whole over a common horizontal axis, one upon the other.
#[derive(Clone, Debug)]
pub struct StackedAreas<'a> {
    /// Its description for screen readers.
    pub label: &'a str,
    /// The caption of the horizontal axis.
    pub x: &'a str,
    /// The names of the parts, the lowest first.
    pub names: Vec<String>,
    /// Positions on the horizontal axis with the share of each part.
    pub points: Vec<(f64, Vec<f64>)>,
}

impl StackedAreas<'_> {
    /// Draws it.
    pub fn draw(&self) -> Drawing {
        let mut drawing = Drawing::new(HEIGHT, self.label);
        let y = Axis::new(Scale::Linear, Unit::Share, Fit::FromZero, 4, [1.0]);
        let x = Axis::new(
            Scale::Linear,
            Unit::Plain,
            Fit::Tight,
            4,
            self.points.iter().map(|point| point.0),
        );
        let legend = self.names.iter().enumerate();
        let legend: Vec<_> = legend
            .map(|(index, name)| (name.as_str(), Colour::Step(index), Swatch::Area))
            .collect();
        let top = drawing.legend(&legend) + MARGIN;
        let bottom = HEIGHT - 2.0 * LINE - 4.0;
        let plot = Plot { left: room_for(&y), top, right: WIDTH - 2.0 * MARGIN, bottom };
        plot.draw_y(&mut drawing, &y);

        // The lower edge of each part at each point.
        let known = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
        let points: Vec<&(f64, Vec<f64>)> =
            self.points.iter().filter(|point| point.0.is_finite()).collect();
        let mut edge: Vec<(f64, f64)> = points.iter().map(|point| (point.0, 0.0)).collect();
        for (index, name) in self.names.iter().enumerate() {
            let above: Vec<(f64, f64)> = edge
                .iter()
                .zip(&points)
                .map(|((at, low), (_, parts))| {
                    (*at, low + parts.get(index).copied().map_or(0.0, known))
                })
                .collect();
            let ends = thinned(&above, MAX_POINTS / 2);
            let back = thinned(&edge, MAX_POINTS / 2).into_iter().rev();
            let outline = ends.into_iter().chain(back);
            let path = path(outline.map(|(a, b)| (plot.x(&x, a), plot.y(&y, b))));
            if edge.len() > 1 {
                let class = Colour::Step(index).class();
                push!(
                    drawing.body,
                    "<path class=\"area gap {class}\" d=\"{path}Z\"><title>{}</title></path>",
                    escape(name),
                );
            }
            edge = above;
        }
        plot.draw_x(&mut drawing, &x, self.x);
        if edge.len() < 2 {
            nothing(&mut drawing, &plot);
        }
        drawing
    }
}

/// A note in place of a chart without data.
fn nothing(drawing: &mut Drawing, plot: &Plot) {
    let (x, y) = ((plot.left + plot.right) / 2.0, (plot.top + plot.bottom) / 2.0);
    drawing.text(x, y, "m", Anchor::Middle, "nothing was recorded");
}

fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.enumerate() {
        push!(path, "{}{} {}", if index == 0 { 'M' } else { 'L' }, C(x), C(y));
    }
    path
}

/// At most `most` of the points (4 at least), with the lowest and the highest of
/// each stretch among them, so that no peak is lost.
pub fn thinned(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most.max(4) {
        return points.to_vec();
    }
    let (Some((first, rest)), Some(last)) = (points.split_first(), points.last()) else {
        return Vec::new();
    };
    let inner = &rest[..rest.len() - 1];
    let stretches = (most.max(4) - 2) / 2;
    let mut kept = vec![*first];
    for stretch in 0..stretches {
        let bound = |stretch: usize| stretch * inner.len() / stretches;
        let part = &inner[bound(stretch)..bound(stretch + 1)];
        let by_value = |a: &usize, b: &usize| part[*a].1.total_cmp(&part[*b].1);
        let lowest = (0..part.len()).min_by(by_value);
        let highest = (0..part.len()).max_by(by_value);
        if let (Some(lowest), Some(highest)) = (lowest, highest) {
            kept.push(part[lowest.min(highest)]);
            if lowest != highest {
                kept.push(part[lowest.max(highest)]);
            }
        }
    }
    kept.push(*last);
    kept
}

/// Each point's value replaced by the mean over those up to `reach` places away.
/// At the ends those are half as many; a single value there would be mostly noise.
pub fn smoothed(points: &[(f64, f64)], reach: usize) -> Vec<(f64, f64)> {
    let mean_around = |index: usize| {
        let last = index.saturating_add(reach).min(points.len() - 1);
        let around = &points[index.saturating_sub(reach)..=last];
        around.iter().map(|point| point.1).sum::<f64>() / around.len() as f64
    };
    points.iter().enumerate().map(|(index, point)| (point.0, mean_around(index))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::check::well_formed;
    use proptest::prelude::*;

    fn chart(points: Vec<(f64, f64)>, scale: Scale, fit: Fit) -> LineChart<'static> {
        let series = |faint| Series {
            name: "a <b> & \"c\"".to_string(),
            colour: Colour::Series(9),
            faint,
            points: points.clone(),
            band: points.iter().map(|&(at, high)| Interval { at, low: high - 1.0, high }).collect(),
        };
        LineChart {
            label: "x \" y",
            x: "steps",
            scale,
            unit: Unit::Share,
            fit,
            series: vec![series(true), series(false)],
            references: vec![Reference { name: "<ref>".to_string(), value: 0.3 }],
            marks: vec![(2.0, "best".to_string())],
            whole: Some((0.0, 1.0)),
        }
    }

    #[test]
    fn odd_data_makes_a_picture_all_the_same() {
        let odd = [
            vec![],
            vec![(1.0, f64::NAN)],
            vec![(1.0, 2.0)],
            vec![(1.0, 2.0); 5],
            vec![(0.0, 5.0), (1.0, 5.0), (2.0, 5.0)],
            vec![(f64::NAN, 1.0), (1.0, f64::INFINITY), (2.0, -1.0)],
        ];
        for points in odd {
            for scale in [Scale::Linear, Scale::Logarithmic] {
                let drawing = chart(points.clone(), scale, Fit::Ticks).draw();
                well_formed(&drawing.inline());
                well_formed(&drawing.stand_alone());
                assert!(drawing.inline().contains("a &lt;b&gt; &amp; &quot;c&quot;"));
            }
        }
        let empty = chart(Vec::new(), Scale::Linear, Fit::FromZero).draw().inline();
        assert!(empty.contains("nothing was recorded"));
        let areas = StackedAreas { label: "", x: "", names: vec!["<".into()], points: Vec::new() };
        well_formed(&areas.draw().inline());
    }

    #[test]
    fn thinning_keeps_ends_and_extremes() {
        let mut points: Vec<(f64, f64)> =
            (0..10_000).map(|index| (f64::from(index), f64::from(index % 7))).collect();
        points[4_321].1 = 100.0;
        points[8_765].1 = -100.0;
        let thin = thinned(&points, 600);
        assert!(thin.len() <= 600);
        for index in [0, 4_321, 8_765, 9_999] {
            assert!(thin.contains(&points[index]), "{index}");
        }
        assert!(thin.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(thinned(&points[..600], 600), &points[..600]);
    }

    #[test]
    fn smoothing_takes_means_over_neighbours() {
        let line: Vec<(f64, f64)> = (0..9).map(|index| (f64::from(index), 2.0)).collect();
        assert_eq!(smoothed(&line, 3), line);
        let points = [(0.0, 1.0), (1.0, 5.0), (2.0, 0.0), (3.0, 4.0)];
        assert_eq!(smoothed(&points, 1), [(0.0, 3.0), (1.0, 2.0), (2.0, 3.0), (3.0, 2.0)]);
        assert_eq!(smoothed(&[], 4), []);
    }

    #[test]
    fn means_are_drawn_over_what_they_are_of() {
        let points = vec![(0.0, 1.0), (1.0, 5.0), (2.0, 0.0)];
        let [each, means] = Series::new("a", Colour::Ink, points.clone()).with_means(1);
        assert_eq!((each.name.as_str(), each.faint, &each.points), ("", true, &points));
        assert_eq!((means.name.as_str(), means.faint), ("a", false));
        assert_eq!(means.points, smoothed(&points, 1));
    }

    /// A band counts for the axis and lies behind all lines; a single interval has no area.
    #[test]
    fn bands_lie_behind_the_lines() {
        let interval = |at| Interval { at, low: 0.2, high: 0.9 };
        let banded = |band: Vec<Interval>| {
            let line = Series::new("", Colour::Series(0), vec![(0.0, 0.3), (4.0, 0.4)]);
            let series = vec![line.clone(), Series { band, ..line }];
            let references = Vec::new();
            let marks = Vec::new();
            let whole = None;
            let (scale, unit, fit) = (Scale::Linear, Unit::Share, Fit::FromZero);
            let chart =
                LineChart { label: "", x: "", scale, unit, fit, series, references, marks, whole };
            chart.draw().inline()
        };
        let svg = banded(vec![interval(0.0), interval(4.0)]);
        assert!(svg.find("\"band c0\"").unwrap() < svg.find("\"line c0\"").unwrap());
        assert!(svg.contains("100 %"), "{svg}");
        let unknown = Interval { at: 2.0, low: f64::NAN, high: 1.0 };
        for none in [vec![], vec![interval(0.0)], vec![interval(0.0), unknown]] {
            assert!(!banded(none).contains("band"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_data_makes_a_picture(
            points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..40),
            shares in prop::collection::vec((any::<f64>(), prop::collection::vec(any::<f64>(), 0..4)), 0..10),
        ) {
            for scale in [Scale::Linear, Scale::Logarithmic] {
                for fit in [Fit::Tight, Fit::Ticks, Fit::FromZero] {
                    well_formed(&chart(points.clone(), scale, fit).draw().stand_alone());
                }
            }
            let names = ["a", "b", "c"].map(String::from).to_vec();
            well_formed(&StackedAreas { label: "", x: "", names, points: shares }.draw().inline());
        }
    }
}
