import type { Operator } from '../../core/model/operator.ts'
import type { Instant } from '../../core/model/units.ts'

/**
 * Up to when a demonstration is simulated, where that is not now: `behind`, the time since it was last open is being
 * simulated; `ended`, it lives no longer.
 */
export interface SimulatedTime {
  readonly kind: 'behind' | 'ended'
  readonly until: Instant
}

/** What surrounds every page of one server or one copy. */
export interface Frame {
  /**
   * `live`: a server answers, forms and queries work; `mirror`: files with relative links; `one-file`: a single file.
   * In the last two no server answers, so nothing may ask.
   */
  readonly medium: 'live' | 'mirror' | 'one-file'
  /** Tag of the style sheet and the fonts, part of their address: they may be kept permanently. */
  readonly assets: string
  /**
   * Public address without a path, such as `https://kuager.example`; absent: not given, and citations have a path
   * alone.
   */
  readonly origin?: string
  /** Onion address of the same site, `http://….onion`. */
  readonly onion?: string
  /** Other addresses where the same pages are found. */
  readonly mirrors: readonly string[]
  readonly operator?: Operator
  /** Public key of signed copies, as a line of a verifier: `<name>+<id>+<key>`. */
  readonly mirrorKey?: string
  /**
   * Whether the data of this site are simulated: then each of its pages says so first, also one without any figure; absent:
   * a page says it of itself.
   */
  readonly isSimulated?: () => Promise<boolean>
  /** The reader's browser asks to save data: the page has a style sheet without fonts. */
  readonly savesData?: true
  /** What a demonstration says of its time; absent or undefined: nothing. */
  readonly simulatedTime?: () => SimulatedTime | undefined
  /**
   * Of what time a server that only reads shows the state, and whether that is too long ago; absent: it is the server that
   * takes in what is new.
   */
  readonly asOf?: () => { readonly at: Instant; readonly isStale: boolean }
  /** When a copy was made; a live page is as old as it says itself. */
  readonly madeAt?: Instant
}

/** Frame of a server of which nothing is known yet: the demonstration, and tests. */
export const PLAIN_FRAME: Frame = { medium: 'live', assets: '0', mirrors: [] }

/** Address with the public origin before it where that is known: for what leaves the site, such as a citation. */
export const publicUrl = ({ origin }: Frame, path: string): string => (origin === undefined ? path : `${origin}${path}`)

/** An address to be typed elsewhere: where the address of the site is not given, the reader puts that in. */
export const typedUrl = ({ origin }: Frame, path: string): string => `${origin ?? 'https://ADDRESS'}${path}`
