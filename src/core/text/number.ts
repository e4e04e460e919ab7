import { withoutTrailing } from '../model/trailing.ts'
import type { Lang } from './lang.ts'

/** Group and decimal signs by language. Written out because Chromium claims Kazakh and lacks its data. */
const SIGNS = {
  kk: { group: '\u00a0', decimal: ',' },
  ru: { group: '\u00a0', decimal: ',' },
  en: { group: ',', decimal: '.' },
} satisfies Record<Lang, { group: string; decimal: string }>

/**
 * Formats a number with at most `digits` digits after the decimal sign, trailing zeros dropped; groups from
 * five digits on (as CLDR does for Russian and Kazakh prose, so that years and ports stay whole).
 */
export function formatNumber(lang: Lang, value: number, digits = 0): string {
  if (!Number.isFinite(value)) return String(value)
  const [whole = '', fraction = ''] = Math.abs(value).toFixed(digits).split('.')
  const { group, decimal } = SIGNS[lang]
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole
  const kept = withoutTrailing(fraction, '0')
  const shown = kept === '' ? grouped : grouped + decimal + kept
  return value < 0 && /[1-9]/.test(shown) ? `\u2212${shown}` : shown
}

/** Seconds with one digit, two below one tenth: `0.3`, `12`, `0.04`. */
export const formatSeconds = (lang: Lang, value: number): string =>
  formatNumber(lang, value, Math.abs(value) < 0.1 ? 2 : 1)
