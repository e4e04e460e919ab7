import type { CustodyEvent, CustodyType } from '../model/custody.ts'

/** Words of the chain of custody and of the verification of a saved check, as a terminal shows them. */
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
  | 'proof.saved.title'
  | `proof.saved.step.${'form' | 'digest' | 'leaf' | 'inclusion'}`
  | `proof.saved.meaning.${'form' | 'digest' | 'leaf' | 'inclusion' | 'checkpoint'}`
  | `proof.saved.problem.${'form' | 'digest-differs' | 'not-logged' | 'leaf-differs' | 'no-proof' | 'unknown-key' | 'cosignature'}`
  | 'proof.saved.digest'
  | 'proof.saved.sound'
  | 'proof.saved.wanting'
  | 'proof.saved.no-trust'
  | 'proof.saved.limits'
