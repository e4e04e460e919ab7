/** Ranks from 1, ties sharing their mean, and the sum of t³ − t over ties of t values. */
export function ranks(values: readonly number[]): { readonly ranks: readonly number[]; readonly ties: number } {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const found = new Array<number>(values.length).fill(0)
  let ties = 0
  for (let from = 0; from < order.length;) {
    let until = from + 1
    // `order` holds indices of the values.
    while (until < order.length && values[order[until]!] === values[order[from]!]) until++
    for (let k = from; k < until; k++) found[order[k]!] = (from + 1 + until) / 2 // the mean of ranks from + 1 … until
    const count = until - from
    ties += count ** 3 - count
    from = until
  }
  return { ranks: found, ties }
}

/** Number of pairs (x of `first`, y of `second`) with x > y, a tie counting one half: Mann and Whitney's U. */
export function mannWhitneyU(first: readonly number[], second: readonly number[]): number {
  const joint = ranks([...first, ...second]).ranks
  const sum = joint.slice(0, first.length).reduce((total, rank) => total + rank, 0)
  return sum - (first.length * (first.length + 1)) / 2
}

/** P(W = 0), P(W = 1) … of the sum of positive ranks of n differences without ties. */
export function signedRankLaw(n: number): Float64Array {
  let law = Float64Array.of(1)
  for (let rank = 1; rank <= n; rank++) {
    const wider = new Float64Array(law.length + rank)
    for (let v = 0; v < law.length; v++) {
      // v + rank is at most the last place of the wider law.
      wider[v] = wider[v]! + law[v]! / 2
      wider[v + rank] = wider[v + rank]! + law[v]! / 2
    }
    law = wider
  }
  return law
}
