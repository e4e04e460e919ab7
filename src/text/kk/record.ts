import type { RecordKey } from '../record-keys.ts'

export const record = {
  'claims.title': 'Мәлімдемелер мен өлшемдер',
} satisfies Record<RecordKey, string>
