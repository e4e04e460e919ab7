/** Takes a place of a reader, of that part of the network; undefined where none is free. What it gives, frees it. */
export type TakePlace = (from: string) => (() => void) | undefined

/** Counts files that are read at once, by all and by one part of the network: each is open as long as its reader takes. */
export function readingPlaces({ all, ofOne }: { readonly all: number; readonly ofOne: number }): TakePlace {
  const reading = { all: 0, of: new Map<string, number>() }
  return (from) => {
    const own = reading.of.get(from) ?? 0
    if (reading.all >= all || (from !== '' && own >= ofOne)) return undefined
    reading.all++
    reading.of.set(from, own + 1)
    return () => {
      reading.all--
      const left = (reading.of.get(from) ?? 1) - 1
      if (left === 0) reading.of.delete(from)
      else reading.of.set(from, left)
    }
  }
}
