// Probabilities as the program writes them: never 0 % or 100 % for what is neither.

/** With a digit behind the point. */
export function percent(probability: number): string {
  if (probability > 0 && probability < 0.001) {
    return "under 0.1 %";
  }
  if (probability < 1 && probability >= 0.9995) {
    return "over 99.9 %";
  }
  return `${(100 * probability).toFixed(1)} %`;
}
