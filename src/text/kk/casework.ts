import type { CaseworkKey } from '../casework-keys.ts'

export const casework: Readonly<Record<CaseworkKey, string>> = {
  'casework.title': 'Іс',
}
