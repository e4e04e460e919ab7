/** Values that one measurement brought, from a device that counts. */
export interface Sighting {
  /** Keyed digests of the values: `valueKey` of pipeline/withheld. */
  readonly keys: readonly Uint8Array[]
  /** What tells devices apart: the label of the sender. */
  readonly device: string
  /** Days since 1970 by our clock. */
  readonly day: number
  readonly leafIndex: number
}

/** So many devices, and days in all, must have brought the same bytes before they are shown. */
export const COMMON_DEVICES = 3
export const COMMON_DAYS = 2

/**
 * Which values of what servers sent are common: derived from the archive, made again by `kuager rebuild`. It knows digests
 * under a key of its own, no value.
 */
export interface SeenValues extends Disposable {
  /** Key of the digests; another one when everything was noted again. */
  readonly secret: Uint8Array
  /** Notes what was brought; of one value only what is needed to call it common. */
  note(sightings: readonly Sighting[]): void
  isCommon(key: Uint8Array): boolean
  /** Takes away what erased measurements brought. */
  forget(leaves: readonly number[]): void
  /**
   * Begins or continues noting everything again, under another key, next to what is asked. With `goesOn` what was noted
   * again stays; where none is there, it had taken its place already, and more is noted there.
   */
  again(goesOn: boolean): SeenAgain
}

/** What is noted again. It is kept through restarts. */
export interface SeenAgain extends Pick<SeenValues, 'secret' | 'note'> {
  /** Has it asked in place of what was noted before. */
  adopt(): void
}
