import type { ProofKey } from '../proof-keys.ts'

export const proof: Readonly<Record<ProofKey, string>> = {
  'proof.title': 'Дәлел',
}
