import type { Parts, PartKey } from './part-keys.ts'

/** Parts of the page "verify", each with the names of its sentences in the order in which they stand. */
export const VERIFY = {
  code: ['verify.code.about', 'verify.code.reads', 'verify.code.copy'],
  digest: ['verify.digest.about', 'verify.digest.compare', 'verify.digest.differs'],
  judge: ['verify.judge.about', 'verify.judge.same', 'verify.judge.differs'],
  copies: ['verify.copies.about', 'verify.copies.key', 'verify.copies.nokey', 'verify.copies.copy'],
  events: ['verify.events.about'],
  not: ['verify.not.first', 'verify.not.all', 'verify.not.whole'],
} as const satisfies Parts

/** Keys of this area's words. */
export type GateKey =
  | PartKey<'verify', typeof VERIFY>
  | 'verify.title'
  | 'verify.lead'
  | 'verify.code.label'
  | 'verify.code.send'
  | 'verify.fingerprint'
