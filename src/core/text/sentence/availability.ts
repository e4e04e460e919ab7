import { say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'

/** What a sentence of availability tells: shares from 0 to 1, local hours with and without measurements. */
export interface AvailabilityParts {
  readonly hours: number
  readonly hoursObserved: number
  readonly open?: number
  readonly openByUse?: number
  /** Whether hours of use were held. */
  readonly weighed: boolean
}

const percent = (lang: Lang, share: number): string =>
  `${formatNumber(lang, Math.floor(share * 1000) / 10, 1)}${lang === 'en' ? '%' : '\u00a0%'}`

/** How much of the measured time a service was open; undefined where nothing was measured. Shares are rounded down. */
export function availabilitySentence(lang: Lang, found: AvailabilityParts): string | undefined {
  const { hours, hoursObserved, open, openByUse, weighed } = found
  if (open === undefined) return undefined
  const counted = { observed: formatNumber(lang, hoursObserved), hours: formatNumber(lang, hours) }
  const plain = say(lang, 'series.availability', { share: percent(lang, open), ...counted })
  const used =
    !weighed || openByUse === undefined
      ? say(lang, 'series.availability-unweighed')
      : say(lang, 'series.availability-used', { share: percent(lang, openByUse) })
  return `${plain} ${used}`
}
