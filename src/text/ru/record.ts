import type { RecordKey } from '../record-keys.ts'

export const record = {
  'claims.title': 'Заявления и измерения',
} satisfies Record<RecordKey, string>
