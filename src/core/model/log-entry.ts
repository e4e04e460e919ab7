/** What a leaf of the log stands for. `key-change`: a key of the log follows another, signed by both. */
export const ENTRY_KINDS = [
  'measurement',
  'incident-revision',
  'frozen-events',
  'custody-event',
  'saved-check',
  'key-change',
  'frozen-validation',
] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]
/** Data are of the real world or made by a simulator; a log is permanently of one of the two. */
export type Realm = 'real' | 'simulated'

/** What the archive keeps for the log besides measurements: an entry of its own, with bytes, salt and leaf. */
export type OtherEntryKind = Exclude<EntryKind, 'measurement'>
