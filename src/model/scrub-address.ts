import { addressFamily } from './address.ts'

/** What stands in place of an address that was erased. */
export const SCRUBBED = '[scrubbed]'

/** Anything that may be an address of version 6, its neighbours in the text included. */
export const CANDIDATE_V6 = /(?:[0-9a-f]{0,4}(?::|%3a|-)){2,16}[0-9a-f]{0,4}(?:(?:\.\d{1,3}){3})?/gi

/** Reads every run of groups inside a candidate as an address: a port or a word in front must not hide it. */
export function eraseRuns(found: string, isOurs: (address: string) => boolean): string {
  const plain = found.replace(/%3a|-/gi, ':')
  const edges = [0, ...[...plain.matchAll(/:/g)].flatMap((match) => [match.index, match.index + 1]), plain.length]
  for (const from of edges)
    for (const to of edges.toReversed())
      if (to - from >= 3 && isOurs(plain.slice(from, to)))
        return plain.slice(0, from) + SCRUBBED + eraseRuns(plain.slice(to), isOurs)
  return found
}

const LONGEST_FAILURE = 300
const V4_OR_ENDPOINT = /\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?/g
const BRACKETS = /\[(\[scrubbed\])\](?::\d{1,5})?/g

/** Text of a failure without any address and of bounded length: `dial tcp [scrubbed]: i/o timeout`. */
export function scrubAddresses(text: string): string {
  const short = text.length > LONGEST_FAILURE ? text.slice(0, LONGEST_FAILURE) : text
  if (!/[:.]\d|::/.test(short)) return short
  const isAddress = (word: string): boolean => addressFamily(word) !== undefined
  return short
    .replace(CANDIDATE_V6, (found) => eraseRuns(found, isAddress))
    .replace(V4_OR_ENDPOINT, (found) => (isAddress(found.replace(/:\d+$/, '')) ? SCRUBBED : found))
    .replace(BRACKETS, '$1')
}
