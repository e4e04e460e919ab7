import { InputError } from '../../core/model/errors.ts'
import { parseAsn, type Asn } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'
import type { AskReason, Visitor } from '../visitor.ts'

/** Of which network a page speaks to its reader; `ask`: it asks, and shows all of them meanwhile. */
export type FirstChoice =
  | { readonly kind: 'network'; readonly asn: Asn }
  | { readonly kind: 'all' }
  | { readonly kind: 'ask'; readonly why: AskReason }

/**
 * Reads `network` of a query: `AS9198`, or `all`; undefined where the reader chose nothing. Everything else in the
 * query is passed over, because messengers add marks of their own to a link. Throws InputError.
 */
export function parseFirstChoice(query: Readonly<Record<string, string>>): FirstChoice | undefined {
  const network = query['network']
  if (network === undefined || network === '') return undefined
  if (network === 'all') return { kind: 'all' }
  const asn = /^AS\d{1,10}$/i.test(network) ? parseAsn(network.toUpperCase()) : 0
  if (asn === 0)
    throw new InputError('Cannot read query, network: not as expected', {
      code: 'query.invalid',
      path: 'network',
      expected: 'a network such as AS9198, or all',
    })
  return { kind: 'network', asn }
}

/** What is shown to a visitor who chose nothing. */
export const choiceOf = (visitor: Visitor): FirstChoice =>
  visitor.kind === 'known' ? { kind: 'network', asn: visitor.asn } : visitor

/** Pages that speak of the reader's own network. */
export type OwnPage = 'first' | 'check'

/**
 * Key of the bytes of a first page, or of "is it only me?": a network that was recognised and the same one that was
 * chosen give the same page, and only the former may not be kept by any cache. A key of a question begins with `#` and
 * is not an address.
 */
export function firstPageKey(lang: Lang, choice: FirstChoice, page: OwnPage = 'first'): string {
  if (choice.kind === 'ask') return `#${lang} ask ${choice.why}${page === 'check' ? ' check' : ''}`
  return urls[page](lang, choice.kind === 'network' ? choice.asn : 'all')
}
