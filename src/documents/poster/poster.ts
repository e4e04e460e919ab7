import { readFileSync } from 'node:fs'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { qrSvg } from '../../core/text/qr.ts'
import { instant } from '../../core/model/units.ts'
import type { Press } from '../typst/compile.ts'

const TEMPLATE = readFileSync(new URL('./poster.typ', import.meta.url), 'utf8')

/** A poster is not dated: the same words and the same address give the same bytes. */
const UNDATED = instant(Date.UTC(2026, 0, 1))

const STEPS = ['poster.step.read', 'poster.step.get', 'poster.step.agree'] as const
const NOT = ['poster.not.name', 'poster.not.sites', 'poster.not.place', 'poster.not.files'] as const

export interface PosterAsked {
  readonly lang: Lang
  /** Where the code leads. */
  readonly address: string
}

/**
 * The poster in a language as PDF: one page of A4 with the QR code of the page on joining. It is PDF/UA, so that a
 * screen reader reads it too. Throws InputError for an address that no code holds.
 */
export function setPoster(
  { compile }: Press,
  { lang, address }: PosterAsked,
): { readonly pdf: Uint8Array; readonly pages: number } {
  const code = say(lang, 'poster.code', { code: 'QR', address })
  const poster = {
    lang,
    address: address.replace(/^https?:\/\//, ''),
    code,
    title: say(lang, 'poster.title'),
    what: say(lang, 'poster.what', { first: 'YouTube', second: 'Telegram' }),
    steps: { title: say(lang, 'poster.steps'), list: STEPS.map((key) => say(lang, key)) },
    not: { title: say(lang, 'poster.not'), list: NOT.map((key) => say(lang, key)) },
    care: say(lang, 'poster.care'),
  }
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  return compile({
    source: TEMPLATE,
    files: new Map([
      ['/set/poster.json', encode(JSON.stringify(poster))],
      ['/set/code.svg', encode(qrSvg(address, code))],
    ]),
    standard: 'ua-1',
    createdAt: UNDATED,
  })
}
