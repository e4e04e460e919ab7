/** Exchanges that were tried, and those of them that were answered. */
interface Tried {
  readonly tried: number
  readonly passed: number
}

/** One look at what a connection reaches at home and abroad; counts only, no name and no address. */
export interface AbroadLook {
  /** Handshakes with sites for comparison in the country measured. */
  readonly home: Tried
  /** The same abroad; `connected`: those whose connection was answered, before any name was sent. */
  readonly abroad: Tried & { readonly connected: number }
  /**
   * Public resolvers abroad, asked by packets for the address from which they ask. `passed`: in how many places such
   * addresses are, that of the line's own resolver left out. A provider that answers in their place asks from one.
   */
  readonly resolvers: Tried
  /** A connection to an address that no one has was answered: something near answers every connection itself. */
  readonly answersUnowned: boolean
  /** A page in cleartext abroad came as it is known: small exchanges pass. */
  readonly pageCame: boolean
}

/**
 * Whether a look shows that sites at home are reached and none abroad, while packets come back from there. The source of
 * each condition: docs/methods/judging.md, the connection first.
 */
const seemsFiltered = ({ home, abroad, resolvers, answersUnowned, pageCame }: AbroadLook): boolean =>
  home.tried >= 2 &&
  home.passed * 3 >= home.tried * 2 &&
  abroad.tried >= 3 &&
  abroad.passed === 0 &&
  !pageCame &&
  ((abroad.connected > 0 && !answersUnowned) || resolvers.passed >= 2)

/** Looks that are needed: one may fall into a short outage. */
export const LOOKS_ABROAD = 2

/** Whether every look of a run, two at least, shows that only what is at home is reached while packets come back from abroad. */
export const isAbroadFiltered = (looks: readonly AbroadLook[]): boolean =>
  looks.length >= LOOKS_ABROAD && looks.every(seemsFiltered)

/** Whether another look may still show it. */
export const mayBeFiltered = (looks: readonly AbroadLook[]): boolean => looks.every(seemsFiltered)
