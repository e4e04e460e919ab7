import type { GateKey } from '../gate-keys.ts'

export const gate = {
  'gate.title': 'Проверка',
} satisfies Record<GateKey, string>
