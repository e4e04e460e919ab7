/**
 * Adjusted p of Benjamini and Hochberg (1995), in the order given: rejecting all at most q keeps the expected share of
 * false findings at q for independent or positively dependent tests.
 */
export function benjaminiHochberg(p: readonly number[]): readonly number[] {
  const order = p.map((_, index) => index).sort((a, b) => p[b]! - p[a]!)
  const adjusted = new Array<number>(p.length).fill(1)
  let least = 1
  order.forEach((index, place) => {
    // `order` holds indices of p.
    least = Math.min(least, (p[index]! * p.length) / (p.length - place))
    adjusted[index] = least
  })
  return adjusted
}
