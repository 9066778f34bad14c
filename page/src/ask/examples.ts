// Sequences that one would try.

export const EXAMPLES: { name: string; terms: string }[] = [
  { name: "Fibonacci", terms: "1, 1, 2, 3, 5, 8, 13, 21" },
  { name: "Squares", terms: "1, 4, 9, 16, 25, 36" },
  { name: "Primes", terms: "2, 3, 5, 7, 11, 13, 17, 19" },
  { name: "Powers of two", terms: "1, 2, 4, 8, 16, 32, 64" },
  { name: "Periodic", terms: "1, 2, 3, 1, 2, 3, 1, 2" },
  { name: "Two in turn", terms: "1, 1, 4, 3, 9, 5, 16, 7" },
  { name: "Look and say", terms: "1, 11, 21, 1211, 111221, 312211" },
  {
    name: "Large factorials",
    terms: Array.from({ length: 6 }, (_, place) => factorial(25n + BigInt(place))).join(", "),
  },
  { name: "No rule", terms: "31, 41, 59, 26, 53, 58" },
];

function factorial(n: bigint): bigint {
  return n <= 1n ? 1n : n * factorial(n - 1n);
}
