import type { KeyEnd } from '../../core/text/catalogue.ts'

/** What the script of the check says. */
type CrowdToolWord = KeyEnd<'crowd.tool'>

/** Words of one language, as the server wrote them into the page: their names in braces are replaced by values. */
export type CheckWords = Readonly<Record<CrowdToolWord, string>>

export type Say = (word: CrowdToolWord, values?: Readonly<Record<string, string | number>>) => string

export const sayFrom =
  (words: CheckWords): Say =>
  (word, values = {}) =>
    words[word].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

/**
 * Hours and minutes in Kazakhstan, and the day where it is another one. Only figures: they read alike in every
 * language.
 */
export function clockTime(at: number, now: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Asia/Almaty',
    day: '2-digit',
    month: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const [day, time] = parts.format(at).split(', ')
  const [today] = parts.format(now).split(', ')
  return day === today ? (time ?? '') : `${(day ?? '').replace('/', '.')} ${time ?? ''}`
}

/** Minutes and seconds that are left, `2:05`. */
export const leftTime = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
