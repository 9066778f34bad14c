//! Instruction sets, and how a kernel is compiled for each of them.

#[cfg(target_arch = "aarch64")]
use crate::simd::Neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use crate::simd::Simd128;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Avx512};
#[cfg(not(page_module))]
use crate::simd::Portable;
use crate::simd::Simd;

/// An instruction set that this processor has.
///
/// Only [`detect`](Self::detect), [`available`](Self::available) and
/// [`portable`](Self::portable) make one, so a value of this type is the proof that its
/// instructions may be used.
///
/// ```
/// use ninth_kernels::InstructionSet;
///
/// let best = InstructionSet::detect();
/// let all = InstructionSet::available();
/// assert_eq!(all.first(), Some(&best));
/// assert_eq!(all.last(), Some(&InstructionSet::portable()));
/// println!("kernels run with {}", best.name());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstructionSet(Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "aarch64")]
    Neon,
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    Simd128,
}

/// Code that is compiled for every instruction set.
///
/// `run` must be `#[inline(always)]`, and so must every function generic over [`Lanewise`] or
/// [`Simd`] that it calls: all of it is inlined into a function that is compiled for the
/// instruction set. The macro [`simd_kernel!`](crate::simd_kernel) writes such an
/// implementation.
///
/// [`Lanewise`]: crate::Lanewise
pub trait Kernel {
    /// The result.
    type Output;

    /// Computes the result.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

impl InstructionSet {
    /// The best instruction set of this processor.
    pub fn detect() -> Self {
        Self::available()[0]
    }

    /// Every instruction set of this processor, the best first; the last one is always
    /// [`portable`](Self::portable).
    pub fn available() -> Vec<Self> {
        let mut sets = vec![Self::portable()];
        #[cfg(target_arch = "aarch64")]
        sets.push(InstructionSet(Set::Neon));
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        sets.push(InstructionSet(Set::Simd128));
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                sets.push(InstructionSet(Set::Avx2));
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
                sets.push(InstructionSet(Set::Avx512));
            }
        }
        sets.reverse();
        sets
    }

    /// Plain Rust, for any processor.
    pub const fn portable() -> Self {
        InstructionSet(Set::Portable)
    }

    /// The name that its vendor gives it.
    pub const fn name(self) -> &'static str {
        match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "AVX-512",
            #[cfg(target_arch = "aarch64")]
            Set::Neon => "NEON",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128 if cfg!(target_feature = "relaxed-simd") => "relaxed SIMD128",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128 => "SIMD128",
        }
    }

    /// Runs a kernel, compiled for this instruction set.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            // All code of the module of a page is compiled for SIMD anyway: plain Rust would never
            // run there, and make it a fifth larger.
            #[cfg(page_module)]
            Set::Portable => kernel.run(Simd128::new()),
            #[cfg(not(page_module))]
            Set::Portable => kernel.run(Portable),
            // Every processor of this architecture has NEON, so all code is compiled for it.
            #[cfg(target_arch = "aarch64")]
            Set::Neon => kernel.run(Neon::new()),
            // A WebAssembly module is validated as a whole: one with these instructions runs only
            // where they are, and all its code is compiled for them.
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Set::Simd128 => kernel.run(Simd128::new()),
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => {
                #[target_feature(enable = "avx2,fma")]
                fn with_avx2<K: Kernel>(kernel: K) -> K::Output {
                    // SAFETY: this function is compiled for AVX2 and FMA.
                    kernel.run(unsafe { Avx2::new() })
                }
                // SAFETY: `available` makes this instruction set only if the processor
                // reports AVX2 and FMA.
                unsafe { with_avx2(kernel) }
            }
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => {
                #[target_feature(enable = "avx512f,avx512dq,avx2,fma")]
                fn with_avx512<K: Kernel>(kernel: K) -> K::Output {
                    // SAFETY: this function is compiled for AVX-512 F and DQ.
                    kernel.run(unsafe { Avx512::new() })
                }
                // SAFETY: `available` makes this instruction set only if the processor
                // reports AVX-512 F and DQ, which imply AVX2 and FMA.
                unsafe { with_avx512(kernel) }
            }
        }
    }
}

/// Defines a function whose body is compiled for every instruction set.
///
/// The defined function has `instruction_set: InstructionSet` as its first parameter. In the
/// body, the first name in the parentheses is the [`Simd`](crate::Simd) value whose methods are
/// the vector operations, of type `S`. One lifetime has to be declared, and at least one
/// parameter has to use it.
///
/// ```
/// use ninth_kernels::{Lanes, InstructionSet, Simd, simd_kernel};
///
/// simd_kernel! {
///     /// `y += a x`, element by element.
///     pub fn add_scaled<'a>(simd, a: f32, x: &'a [Lanes], y: &'a mut [Lanes]) {
///         let a = simd.splat(a);
///         for (x, y) in x.iter().zip(y) {
///             let sum = simd.mul_add(a, simd.load(x), simd.load(y));
///             simd.store(sum, y);
///         }
///     }
/// }
///
/// let mut y = [Lanes::splat(1.0)];
/// add_scaled(InstructionSet::detect(), 2.0, &[Lanes::splat(3.0)], &mut y);
/// assert_eq!(y, [Lanes::splat(7.0)]);
/// ```
#[macro_export]
macro_rules! simd_kernel {
    (
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident<$life:lifetime>(
            $simd:ident, $($argument:ident: $type:ty),+ $(,)?
        ) $(-> $output:ty)? $body:block
    ) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        $visibility fn $name<$life>(
            instruction_set: $crate::InstructionSet,
            $($argument: $type),+
        ) $(-> $output)? {
            struct Call<$life> {
                $($argument: $type),+
            }
            impl<$life> $crate::Kernel for Call<$life> {
                type Output = $crate::simd_kernel!(@output $($output)?);

                #[inline(always)]
                fn run<S: $crate::Simd>(self, $simd: S) -> Self::Output {
                    let Call { $($argument),+ } = self;
                    $body
                }
            }
            instruction_set.run(Call { $($argument),+ })
        }
    };
    (@output) => { () };
    (@output $output:ty) => { $output };
}
