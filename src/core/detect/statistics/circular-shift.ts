export interface CircularShiftOptions {
  /** Length of the circle, in steps. */
  readonly steps: number
  /** Bounds of onset − event, both included, in steps. */
  readonly window: readonly [number, number]
  /** Only shifts by multiples of this many steps: 24 hourly steps keep the hour of the day, 168 also the weekday. */
  readonly every: number
}

/**
 * Number of onsets with an event in the window, observed and for every shift of the onsets round the circle (the first
 * shift is none), and the share of shifts that reach the observed number. Its floor is `every`/`steps`.
 */
export function circularShift(
  onsets: readonly number[],
  events: readonly number[],
  { steps, window: [from, until], every }: CircularShiftOptions,
): { readonly observed: number; readonly counts: readonly number[]; readonly p: number } {
  const turn = (place: number): number => ((place % steps) + steps) % steps
  const near = new Uint8Array(steps)
  for (const event of events) for (let lag = from; lag <= until; lag++) near[turn(event + lag)] = 1
  const counts: number[] = []
  for (let shift = 0; shift < steps; shift += every)
    counts.push(onsets.reduce((sum, onset) => sum + near[turn(onset + shift)]!, 0)) // turn() lies on the circle
  const observed = counts[0] ?? 0
  return { observed, counts, p: counts.filter((count) => count >= observed).length / counts.length }
}
