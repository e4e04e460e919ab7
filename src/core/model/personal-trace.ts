import { addressFamily } from './address.ts'
import { ANY_ADDRESS, eraseV6, SCRUBBED } from './scrub-address.ts'

/** What in a text leads to a person: a mailbox or an account, an address of a network or a device, a number of a person. */
export type PersonalTrace = 'account' | 'address' | 'number'

const ACCOUNT = /(?<![^\s@])[^\s@]*@[^\s@]+/gu
const HARDWARE = /(?<![0-9a-z])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![0-9a-z])/gi
const V4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)/g
/** What stands between the groups of a telephone: blanks, brackets, strokes of every length. */
const APART = String.raw`[ \u00a0\u202f()\u2010-\u2015-]`
/**
 * A telephone as people write it: of any country behind a plus, of the region behind its 7 or 8, mobile or with the code of a
 * town. And twelve digits, which name a person in Kazakhstan.
 */
const NUMBER = new RegExp(
  [
    String.raw`(?<![\w+-]|\d\.)(?:`,
    String.raw`\+\d(?:${APART}{0,3}\d){9,13}`,
    String.raw`|[78]${APART}{0,2}(?:\d{3}${APART}{0,2}\d{3}|\d{4}${APART}{0,2}\d{2})${APART}?\d{2}${APART}?\d{2}`,
    String.raw`|\d{12}`,
    String.raw`)(?![\w-]|\.\d)`,
  ].join(''),
  'g',
)

const isAddress = (word: string): boolean => addressFamily(word) !== undefined

const ERASERS: Readonly<Record<PersonalTrace, (text: string) => string>> = {
  account: (text) => text.replace(ACCOUNT, SCRUBBED),
  address: (text) =>
    eraseV6(text.replace(HARDWARE, SCRUBBED), ANY_ADDRESS).replace(V4, (found) =>
      isAddress(found) ? SCRUBBED : found,
    ),
  number: (text) => text.replace(NUMBER, SCRUBBED),
}
const TRACES: readonly PersonalTrace[] = ['account', 'address', 'number']

/**
 * What personal data a text contains that is to be published permanently; undefined if nothing is found. A name is not
 * recognised as one: the form asks people not to write it.
 */
export const personalTrace = (text: string): PersonalTrace | undefined =>
  TRACES.find((trace) => ERASERS[trace](text) !== text)

/** The text without what `personalTrace` finds. */
export const withoutTraces = (text: string): string => TRACES.reduce((clean, trace) => ERASERS[trace](clean), text)
