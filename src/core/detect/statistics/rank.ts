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
