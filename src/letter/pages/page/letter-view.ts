import type { PublishedLetter, ShownCount } from '../../contract.ts'

/** A key to which signatures are sealed, with what people compare. */
export interface ShownKey {
  readonly holder: { readonly kk: string; readonly ru: string; readonly en: string }
  readonly recipient: string
  readonly fingerprint: string
}

/** A letter as its pages show it. */
export interface LetterView extends PublishedLetter {
  readonly count: ShownCount | undefined
  /** Layers in their order, the inner one first. */
  readonly layers: readonly (readonly ShownKey[])[]
}
