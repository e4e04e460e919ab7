import { createHmac } from 'node:crypto'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { InputError } from '../../core/model/errors.ts'

// What is one mailbox, although it is written in several ways: docs/formats/letter.md, "Mailbox".

/** How a provider reads the part before the @. */
interface Provider {
  /** Every domain of the same mailboxes; the first stands for all. */
  readonly domains: readonly [string, ...string[]]
  /** Characters that make no difference: dropped, or all read as the first of them. */
  readonly ignores?: RegExp
  readonly sameAs?: { readonly these: RegExp; readonly as: string }
  /** Whether what follows a plus is dropped. */
  readonly plus: boolean
}

/**
 * Providers whose rules are published. A domain stands here only where two spellings are surely one mailbox: who is
 * taken for another cannot sign. Sources: help of Gmail, "Dots don't matter in Gmail addresses" and "Use aliases"; of
 * Yandex Mail, "Addresses" (one mailbox under all domains of Yandex, dot and hyphen alike, a plus and any word); of
 * Outlook, Fastmail and iCloud Mail, "plus addressing"; of Proton, "Addresses and aliases" (dots, hyphens and
 * underscores are ignored; proton.me, pm.me and protonmail.com are one).
 */
const PROVIDERS: readonly Provider[] = [
  { domains: ['gmail.com', 'googlemail.com'], ignores: /\./g, plus: true },
  {
    domains: ['yandex.ru', 'ya.ru', 'yandex.com', 'yandex.kz', 'yandex.by', 'yandex.ua'],
    sameAs: { these: /\./g, as: '-' },
    plus: true,
  },
  { domains: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'], ignores: /[._-]/g, plus: true },
  { domains: ['icloud.com', 'me.com', 'mac.com'], plus: true },
  { domains: ['outlook.com'], plus: true },
  { domains: ['hotmail.com'], plus: true },
  { domains: ['live.com'], plus: true },
  { domains: ['fastmail.com'], plus: true },
]
const BY_DOMAIN = new Map(PROVIDERS.flatMap((one) => one.domains.map((domain) => [domain, one] as const)))

/** Characters of the part before the @: those of RFC 5322's dot-atom, and letters of any script (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

export interface Mailbox {
  /** Where a mail goes: as given, the domain in ASCII. */
  readonly address: string
  /** The one spelling of all that reach the same mailbox. */
  readonly canonical: string
  /** Name of a provider with many mailboxes; undefined for any other, whose domain may name a person. */
  readonly provider: string | undefined
}

const refuse = (): InputError =>
  new InputError('Cannot use mail address: it is none', {
    code: 'mail.invalid',
    path: 'mail',
    expected: 'an address such as name@example.org',
  })

/** Reads an address as a person typed it. Throws InputError, which does not repeat it. */
export function parseMailbox(typed: string): Mailbox {
  if (typed.length > MOST_TYPED_ADDRESS) throw refuse()
  const text = typed.normalize('NFKC').trim()
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), mailDomain(text.slice(at + 1))]
  const address = `${local}@${domain ?? ''}`
  const fits = at > 0 && domain !== undefined && LOCAL.test(local) && bytes(local) <= 64 && bytes(address) <= 254
  if (!fits) throw refuse()
  const provider = BY_DOMAIN.get(domain)
  const canonical = `${localOf(local, provider)}@${provider?.domains[0] ?? domain}`
  // Nothing is left of "+word@gmail.com", and then it is not a mailbox.
  if (canonical.startsWith('@')) throw refuse()
  return { address, canonical, provider: provider?.domains[0] }
}
/** Longest text that is read as an address. */
export const MOST_TYPED_ADDRESS = 320

const bytes = (text: string): number => Buffer.byteLength(text)

/**
 * Top domains that lead to no mailbox of the internet, but may lead to a machine in the network of the server or to an
 * onion service: special-use names of IANA (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476), ICANN's `internal`, and
 * names that private networks use. Documentation names (`example`, `test`) stay: they lead nowhere.
 */
const PRIVATE: ReadonlySet<string> = new Set(
  'alt arpa corp domain home host internal intranet invalid lan local localdomain localhost onion private workgroup'.split(
    ' ',
  ),
)

/** The domain of an address in ASCII; undefined for what leads to no mailbox of the internet. */
export function mailDomain(text: string): string | undefined {
  const ascii = domainToASCII(text.replace(/\.$/, '')).toLowerCase()
  const labels = ascii.split('.')
  // `domainToASCII` reads "1.2" as an address of IPv4.
  const isPublic = labels.length > 1 && !PRIVATE.has(labels.at(-1) ?? '')
  const fits = isPublic && ascii.length <= 253 && labels.every((label) => LABEL.test(label))
  return fits && isIP(ascii) === 0 ? ascii : undefined
}

function localOf(local: string, provider: Provider | undefined): string {
  // Lower case may make a form that NFKC writes otherwise.
  const lower = local.toLowerCase().normalize('NFKC')
  if (provider === undefined) return lower
  const [bare = ''] = provider.plus ? lower.split('+') : [lower]
  const { ignores, sameAs } = provider
  const kept = ignores === undefined ? bare : bare.replaceAll(ignores, '')
  return sameAs === undefined ? kept : kept.replaceAll(sameAs.these, sameAs.as)
}

/**
 * Name of a mailbox for one purpose, such as a letter, 64 hexadecimal digits: HMAC-SHA-256 under a key of 32 bytes over
 * the canonical address, a zero byte and the name of the purpose.
 */
export const mailboxDigest = (key: Uint8Array, { canonical }: Pick<Mailbox, 'canonical'>, purpose: string): string =>
  createHmac('sha256', key).update(canonical).update('\0').update(purpose).digest('hex')
