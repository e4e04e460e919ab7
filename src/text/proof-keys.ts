import type { CustodyEvent, CustodyType } from '../model/custody.ts'

/** Words of the chain of custody, as a terminal shows it. */
export type ProofKey =
  | 'proof.title'
  | `proof.custody.type.${CustodyType}`
  | `proof.custody.of.${CustodyEvent['evidence']['kind']}`
  | `proof.custody.problem.${'form' | 'signature' | 'key' | 'first' | 'order' | 'time' | 'twice'}`
  | 'proof.custody.number'
  | 'proof.custody.actor'
  | 'proof.custody.reason'
  | 'proof.custody.authority'
  | 'proof.custody.place'
  | 'proof.custody.recorded'
  | 'proof.custody.none'
  | 'proof.custody.count'
  | 'proof.custody.whole'
  | 'proof.custody.broken'
  | 'proof.custody.key'
  | 'proof.custody.new-key'
