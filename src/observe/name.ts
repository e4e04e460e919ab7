import { canonicalHostname } from '../model/hostname.ts'

/** A host name as rows carry it: canonical where it can stand in a URL, else lower case without a final dot. */
export function nameOf(text: string): string {
  return canonicalHostname(text) ?? text.toLowerCase().replace(/\.$/, '').slice(0, 255)
}
