import { addressFamily } from '../model/address.ts'

const CANDIDATES =
  /\[?[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,8}(?:(?:\.\d{1,3}){3})?\]?(?::\d{1,5})?|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?/g
const LONGEST_FAILURE = 300

const bare = (candidate: string): string =>
  candidate.startsWith('[') ? candidate.slice(1).replace(/\](:\d+)?$/, '') : candidate.replace(/^([\d.]+):\d+$/, '$1')

/** Text of a failure without any address and of bounded length: `dial tcp [scrubbed]: i/o timeout`. */
export function scrubAddresses(text: string): string {
  const short = text.length > LONGEST_FAILURE ? text.slice(0, LONGEST_FAILURE) : text
  return short.replace(CANDIDATES, (found) => (addressFamily(bare(found)) === undefined ? found : '[scrubbed]'))
}
