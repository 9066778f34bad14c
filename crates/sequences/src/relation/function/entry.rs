//! The form of an entry in the list of functions, and what is made from it.

/// Makes the enum of functions, and what is known of each, from a list of entries.
///
/// An entry has a documentation, a name with parameters, the smallest argument that has a value
/// (`first`), whether a larger argument never has a smaller value (`never_falls`; `false` also
/// where it is not known), the formula, and the value at an argument. A formula is the name that
/// stands before the argument and the parameters in brackets, or an expression of the argument's
/// text.
macro_rules! functions {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident $(($($parameter:ident: $type:ty),+))? {
            first: $first:literal, never_falls: $never_falls:expr, formula: $formula:tt,
            value: |$n:ident| $value:expr $(,)?
        }
    )+) => {
        /// A function from integers to integers.
        ///
        /// ```
        /// use ninth_sequences::Function;
        ///
        /// assert_eq!(Function::Totient.value(10), Some(4)); // 1, 3, 7 and 9
        /// assert_eq!(Function::Totient.value(0), None); // defined from 1 on
        /// assert_eq!(Function::DigitSum(2).value(7), Some(3));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Function {
            $( $(#[doc = $doc])+ $variant $(($($type),+))? ),+
        }

        #[allow(unused_variables)] // parameters that an expression does not need
        impl Function {
            /// The value at `n`, where there is one.
            pub fn value(self, n: i64) -> Option<i64> {
                if n > Self::LARGEST_ARGUMENT {
                    return None;
                }
                match self {
                    $( Self::$variant $(($($parameter),+))? => {
                        if n < $first {
                            return None;
                        }
                        let $n = n;
                        $value
                    } )+
                }
            }

            /// The smallest argument that has a value.
            pub(crate) const fn first_argument(self) -> i64 {
                match self {
                    $( Self::$variant { .. } => $first, )+
                }
            }

            /// Whether a larger argument never has a smaller value. `false` where it is not known.
            pub(super) const fn never_falls(self) -> bool {
                match self {
                    $( Self::$variant $(($($parameter),+))? => $never_falls, )+
                }
            }
        }

        #[allow(unused_variables)]
        impl Display for Applied<'_> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                match self.function {
                    $( Function::$variant $(($($parameter),+))? => functions!(
                        @formula f, self.argument, $formula, [$($($parameter),+)?]
                    ), )+
                }
            }
        }
    };
    (@formula $f:ident, $argument:expr, { |$n:ident| $formula:expr }, [$($parameter:ident),*]) => {{
        let $n = $argument;
        $f.write_str(&$formula)
    }};
    (@formula $f:ident, $argument:expr, $name:literal, [$($parameter:ident),*]) => {{
        write!($f, "{}({}", $name, $argument)?;
        $( write!($f, ", {}", $parameter)?; )*
        $f.write_str(")")
    }};
}
pub(super) use functions;
