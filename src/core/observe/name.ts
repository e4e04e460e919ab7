import { canonicalHostname } from '../model/hostname.ts'

/** The name asked for last: the rows of a measurement are mostly about one. */
let last = { text: '', name: '' }

/** A host name as rows carry it: canonical if it is valid in a URL, else lower case without a final dot. */
export function nameOf(text: string): string {
  if (text === last.text) return last.name
  const name = canonicalHostname(text) ?? text.toLowerCase().replace(/\.$/, '').slice(0, 255)
  last = { text, name }
  return name
}
