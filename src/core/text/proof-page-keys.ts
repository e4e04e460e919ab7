import type { Parts, PartKey } from './part-keys.ts'

/** Parts of the page "verify" that are about proof, each with the names of its sentences. */
export const PROOF_PAGE = {
  check: ['proof-page.check.about', 'proof-page.check.local', 'proof-page.check.take'],
  hand: ['proof-page.hand.about', 'proof-page.hand.file', 'proof-page.hand.page'],
  log: ['proof-page.log.about', 'proof-page.log.checkpoint', 'proof-page.log.none'],
  keys: ['proof-page.keys.about', 'proof-page.keys.compare', 'proof-page.keys.copy'],
  receipt: ['proof-page.receipt.about', 'proof-page.receipt.later'],
  outside: ['proof-page.outside.about', 'proof-page.outside.no-authority', 'proof-page.outside.no-witness'],
} as const satisfies Parts

/** What the page says while it checks, also within `VERIFY.html`. */
const TOOL = [
  'choose',
  'zip',
  'folder',
  'drop',
  'chosen',
  'chosen-nothing',
  'size',
  'files',
  'key',
  'key-about',
  'key-wrong',
  'roots',
  'roots-about',
  'roots-wrong',
  'judge',
  'judge-about',
  'start',
  'stop',
  'stopped',
  'waiting',
  'running',
  'read',
  'judged',
  'result',
  'sound',
  'sound-about',
  'untrusted',
  'wanting',
  'wanting-about',
  'unchecked',
  'count-ok',
  'count-failed',
  'count-not-checked',
  'broken',
  'several',
  'no-script',
] as const

/** Keys of this area's words. */
export type ProofPageKey =
  | PartKey<'proof-page', typeof PROOF_PAGE>
  | `proof-page.tool.${(typeof TOOL)[number]}`
  | 'proof-page.hand.own'
  | 'proof-page.file.title'
  | 'proof-page.file.lead'
  | 'proof-page.file.choose'
  | 'proof-page.file.self'
  | 'proof-page.file.not'
  | 'proof-page.log.origin'
  | 'proof-page.log.size'
  | 'proof-page.log.at'
  | 'proof-page.log.text'
  | 'proof-page.log.file'
  | 'proof-page.keys.since'
  | 'proof-page.keys.until'
  | 'proof-page.outside.authorities'
  | 'proof-page.outside.witnesses'
  | 'proof-page.outside.last'
  | 'proof-page.outside.covers'
  | 'proof-page.outside.well'
  | 'proof-page.outside.failing'
  | 'proof-page.outside.never'
  | 'proof-page.outside.quorum-met'
  | 'proof-page.outside.quorum-unmet'
  | 'proof-page.outside.quorum-none'
  | 'proof-page.bundle.about'
  | 'proof-page.bundle.file'
  | 'proof-page.bundle.how'
  | 'proof-page.measurement.receipt'
  | 'proof-page.measurement.log'
