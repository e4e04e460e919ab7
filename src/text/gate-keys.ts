/** Parts of the page "verify", each with the names of its sentences in the order in which they stand. */
export const VERIFY = {
  code: ['about', 'reads', 'copy'],
  digest: ['about', 'compare', 'differs'],
  judge: ['about', 'same', 'differs'],
  copies: ['about', 'key', 'nokey'],
  events: ['about'],
  not: ['first', 'all', 'whole'],
} as const

/** A key for the heading of each part, and one for each of its sentences. */
type VerifyKey = {
  [Name in keyof typeof VERIFY]: `verify.${Name}` | `verify.${Name}.${(typeof VERIFY)[Name][number]}`
}[keyof typeof VERIFY]

/** Keys of this area's words. */
export type GateKey =
  | VerifyKey
  | 'verify.title'
  | 'verify.lead'
  | 'verify.code.label'
  | 'verify.code.send'
  | 'verify.fingerprint'
  | 'verify.key'
