import type { GateKey } from '../gate-keys.ts'

export const gate = {
  'gate.title': 'Тексеру',
} satisfies Record<GateKey, string>
