//! Test support: gradients of layers against finite differences.

use ninth_kernels::{InstructionSet, Lanes, as_floats, as_floats_mut};
use ninth_sequences::Rng;

use crate::parameters::Layout;
use crate::{Accumulator, Gradients, LayerContext};

/// The largest difference between a gradient and its finite difference, in units of the
/// largest element. The difference is exact to h^4, about 1e-5 here, and rounding in `f32`
/// adds about as much. A wrong term exceeds it by a factor of ten or more. Tried by leaving
/// out, one at a time: mean and slope in LayerNorm (4e-3 at least, at the first element),
/// the sum in the softmax (0.1), the scale 1 / sqrt(D) (2e-3), the masks of dropout (4e-3),
/// the derivative of the activation (2e-2), the gradient that bypasses a layer (0.1).
const TOLERANCE: f64 = 2e-4;

/// The step of the differences.
const STEP: f32 = 0.02;

/// `count` lanes of numbers between -1 and 1.
pub fn random(rng: &mut Rng, count: usize) -> Vec<Lanes> {
    let mut lanes = vec![Lanes::ZERO; count];
    as_floats_mut(&mut lanes).fill_with(|| rng.uniform_f32(1.0));
    lanes
}

/// Checks a layer with inputs x and outputs y of `inputs` and `outputs` lanes at random
/// inputs and parameters, on every instruction set.
///
/// The loss is the dot product of y with random numbers, which are then its gradient, dy.
/// `forward` adds the layer's output to its last argument, which is zero (or overwrites it),
/// for x; `backward` writes dx, given x and dy, after a forward pass.
pub fn check<State>(
    layout: &Layout,
    [inputs, outputs]: [usize; 2],
    state: impl Fn() -> State,
    forward: impl Fn(&mut State, LayerContext<'_>, &[Lanes], &mut [Lanes]),
    backward: impl Fn(
        &mut State,
        LayerContext<'_>,
        &[Lanes],
        &[Lanes],
        &mut [Lanes],
        &mut Gradients<'_>,
    ),
) {
    let mut rng = Rng::new(1);
    let (x, dy) = (random(&mut rng, inputs), random(&mut rng, outputs));
    let parameters = random(&mut rng, layout.lanes());
    for instruction_set in InstructionSet::available() {
        fn context(instruction_set: InstructionSet, parameters: &[Lanes]) -> LayerContext<'_> {
            LayerContext { instruction_set, parameters: as_floats(parameters) }
        }
        let loss = |parameters: &[Lanes], x: &[Lanes]| -> f64 {
            let mut y = vec![Lanes::ZERO; outputs];
            forward(&mut state(), context(instruction_set, parameters), x, &mut y);
            let products = as_floats(&y).iter().zip(as_floats(&dy));
            products.map(|(y, dy)| f64::from(*y) * f64::from(*dy)).sum()
        };

        let mut state = state();
        forward(
            &mut state,
            context(instruction_set, &parameters),
            &x,
            &mut vec![Lanes::ZERO; outputs],
        );
        let (mut dx, mut arena) = (vec![Lanes::ZERO; inputs], layout.zeros());
        // What is there before is overwritten.
        as_floats_mut(&mut arena).fill(f32::NAN);
        let mut scratch = vec![Lanes::ZERO; 10_000];
        let gradients = &mut Gradients {
            accumulator: Accumulator { arena: as_floats_mut(&mut arena), from_zero: true },
            scratch: &mut scratch,
        };
        backward(&mut state, context(instruction_set, &parameters), &x, &dy, &mut dx, gradients);

        let name = instruction_set.name();
        let all = 0..inputs * Lanes::ZERO.0.len();
        compare(&format!("{name}: x"), all, &x, &dx, |x| loss(&parameters, x));
        for tensor in layout.tensors() {
            let what = format!("{name}: {}", tensor.name);
            compare(&what, tensor.span.range(), &parameters, &arena, |p| loss(p, &x));
        }
    }
}

/// Compares elements of a gradient at `at` with finite differences of the loss.
fn compare(
    what: &str,
    range: std::ops::Range<usize>,
    at: &[Lanes],
    gradient: &[Lanes],
    loss: impl Fn(&[Lanes]) -> f64,
) {
    let gradient = &as_floats(gradient)[range.clone()];
    let largest = gradient.iter().fold(1e-3_f32, |largest, g| largest.max(g.abs()));
    let mut moved = at.to_vec();
    for (index, &got) in range.zip(gradient) {
        let before = as_floats(at)[index];
        let mut loss_at = |steps: f32| {
            as_floats_mut(&mut moved)[index] = before + steps * STEP;
            loss(&moved)
        };
        // f'(x) = (8 (f(x + h) - f(x - h)) - (f(x + 2 h) - f(x - 2 h))) / 12 h + O(h^4)
        let near = loss_at(1.0) - loss_at(-1.0);
        let far = loss_at(2.0) - loss_at(-2.0);
        as_floats_mut(&mut moved)[index] = before;
        let slope = (8.0 * near - far) / (12.0 * f64::from(STEP));
        let error = (f64::from(got) - slope).abs() / f64::from(largest);
        assert!(error < TOLERANCE, "{what}: element {index} is {got}, not {slope}: {error:.1e}");
    }
}
