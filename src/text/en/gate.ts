import type { GateKey } from '../gate-keys.ts'

export const gate = {
  'gate.title': 'Verify',
} satisfies Record<GateKey, string>
