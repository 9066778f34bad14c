// The activation of the feed-forward layers and its derivative.

struct Activated {
    value: f32,
    derivative: f32,
}

fn activate(x: f32) -> Activated {
    switch ACTIVATION {
        case GELU: {
            return gelu(x);
        }
        case GELU_TANH: {
            // (1 + tanh(u)) / 2 = sigmoid(2 u), 2 u = sqrt(8 / pi) (x + c x^3)
            let root = 1.5957691;
            let cubic = root * 0.044715;
            let slope = fma(cubic, x * x, root);
            return product_with_sigmoid(x, slope * x, fma(3.0 * cubic, x * x, root));
        }
        case SILU: {
            return product_with_sigmoid(x, x, 1.0);
        }
        case RELU: {
            return Activated(max(x, 0.0), select(0.0, 1.0, x > 0.0));
        }
        default: {
            // An activation without a case here: no test passes with zeros.
            return Activated(0.0, 0.0);
        }
    }
}

// x s(u) with the sigmoid s, given u and its derivative with respect to x.
fn product_with_sigmoid(x: f32, u: f32, slope: f32) -> Activated {
    let sigmoid = 1.0 / (1.0 + exp(-clamp(u, -80.0, 80.0)));
    let value = x * sigmoid;
    return Activated(value, fma(value, (1.0 - sigmoid) * slope, sigmoid));
}

// x Phi(x), by formula 7.1.26 of Abramowitz and Stegun, as in `kernels/src/math.rs`; its
// exponential is also that of the density.
fn gelu(x: f32) -> Activated {
    let e = exp(-0.5 * min(x * x, 170.0));
    let t = 1.0 / fma(abs(x), 0.3275911 * 0.70710678, 1.0);
    var p = 1.0614054;
    p = fma(p, t, -1.453152);
    p = fma(p, t, 1.4214137);
    p = fma(p, t, -0.28449674);
    p = fma(p, t, 0.2548296);
    let tail = 0.5 * p * t * e;
    let cdf = select(1.0 - tail, tail, x < 0.0);
    return Activated(x * cdf, fma(x, 0.3989423 * e, cdf));
}
