import { say, type Given } from '../../core/text/format.ts'
import type { Key } from '../../core/text/catalogue.ts'
import type { Lang } from '../../core/text/lang.ts'

/** What findings are about, with the code that `--json` has. */
export const TOPIC_CODES = {
  writing: 'writing',
  operator: 'who runs it',
  permissions: 'permissions',
  disk: 'disk',
  backup: 'backup',
  drill: 'drill',
  shipping: 'shipping',
  clock: 'clock',
  log: 'log',
  signing: 'right to sign',
  stamps: 'time stamps',
  witnesses: 'witnesses',
  quorum: 'quorum',
  networks: 'networks',
  edge: 'edge',
  edges: 'edges',
  certificate: 'certificate',
  data: 'data',
  keys: 'keys',
  centre: 'centre',
} as const
export type CheckupTopic = keyof typeof TOPIC_CODES

/** A sentence in the language of the person who asked. */
export type FindingText = (lang: Lang) => string

/** A message of the catalogue with its values, said once the language is known. */
export const findingText =
  <K extends Key>(key: K, ...values: Given<K>): FindingText =>
  (lang) =>
    say(lang, key, ...values)

/** What one check found. `good` needs nothing; `look` is for the operator to judge; `bad` is to be repaired. */
export interface CheckupFinding {
  readonly about: CheckupTopic
  readonly state: 'good' | 'look' | 'bad'
  readonly found: FindingText
  /** What to do; absent where nothing is. */
  readonly todo?: FindingText
}
