import type { RecordKey } from '../record-keys.ts'

export const record = {
  'claims.title': 'Statements and measurements',
} satisfies Record<RecordKey, string>
