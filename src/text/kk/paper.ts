import type { PaperKey } from '../paper-keys.ts'

export const paper: Readonly<Record<PaperKey, string>> = {
  'paper.title': 'Құжаттар',
}
