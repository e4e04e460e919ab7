import type { CertificateFacts, ChainState } from '../model/measured/observation.ts'
import type { Instant } from '../model/units.ts'

/** Certificates of one chain, and signature checks for it: what an unknown sender can make us compute. */
export const MAX_CHAIN = 10
const MAX_CHECKS = 24

/** A certificate of a chain. The same object stands for the same certificate. */
export interface Link {
  readonly facts: Pick<CertificateFacts, 'notBefore' | 'notAfter' | 'isAuthority'>
  /** Names for comparing; read only where they are needed. */
  readonly subject: () => string
  readonly issuer: () => string
}

/** What a chain is checked against. `R` is a pinned root. */
export interface Anchors<L extends Link, R> {
  /** Roots of this name. */
  roots(subject: string): readonly R[]
  /** Whether a root and a certificate are one. */
  isRoot(one: L, root: R): boolean
  signedByRoot(child: L, root: R): boolean
  signedBy(child: L, parent: L): boolean
}

interface Span {
  readonly from: Instant
  readonly until: Instant
}

type Reached = { readonly anchored: readonly (readonly Span[])[]; readonly broken: boolean }

/**
 * Every path from the leaf to a pinned root, as the validity spans on it. Source: RFC 5280 §6.1, signatures,
 * names, authority flags and dates; a root is trusted as pinned, without its dates.
 * BUG: name constraints, path lengths and key usages are not checked: a chain that breaks only those counts as
 * trusted here. Consequence: a misissued subordinate would hide a forgery; none is known in the field's data.
 */
function reach<L extends Link, R>(chain: readonly L[], anchors: Anchors<L, R>): Reached {
  const anchored: (readonly Span[])[] = []
  let checks = 0
  let broken = false
  const may = (check: () => boolean): boolean => ++checks <= MAX_CHECKS && check()
  const climb = (node: L, path: readonly Span[], used: ReadonlySet<L>): void => {
    const spans = [...path, { from: node.facts.notBefore, until: node.facts.notAfter }]
    if (anchors.roots(node.subject()).some((root) => anchors.isRoot(node, root))) {
      anchored.push(path)
      return
    }
    const named = chain.filter((one) => !used.has(one) && one.facts.isAuthority && one.subject() === node.issuer())
    const pins = anchors.roots(node.issuer())
    const signingPins = pins.filter((root) => may(() => anchors.signedByRoot(node, root)))
    const signing = named.filter((parent) => may(() => anchors.signedBy(node, parent)))
    for (const _ of signingPins) anchored.push(spans)
    for (const parent of signing) climb(parent, spans, new Set([...used, parent]))
    // A certificate carries the issuer's name, and none of those that do has signed this.
    if (named.length + pins.length > 0 && signing.length + signingPins.length === 0) broken = true
  }
  const leaf = chain[0]
  if (leaf !== undefined) climb(leaf, [], new Set([leaf]))
  return { anchored, broken }
}

/** State of a chain as sent, leaf first, at an instant. Throws what `anchors` throws. */
export function chainStateOf<L extends Link, R>(chain: readonly L[], anchors: Anchors<L, R>, at: Instant): ChainState {
  const { anchored, broken } = reach(chain, anchors)
  if (anchored.some((path) => path.every((span) => span.from <= at && at <= span.until))) return 'trusted'
  if (anchored.length > 0) return 'expired'
  return broken ? 'broken' : 'unanchored'
}
