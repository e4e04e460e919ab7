import type { Service, Tier } from '../../../core/model/tables/service.ts'
import { CORE_RUN_BYTES, DEFAULT_ALLOWANCE, FULL_RUN_BYTES, METERED_ALLOWANCE } from '../../../probe/plan/schedule.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { CONSENT_PARAGRAPHS } from '../../../probe/consent/consent.ts'
import { printable } from '../../../core/text/printable.ts'
import type { Asked } from '../options.ts'
import { wrap } from '../../terminal/wrap.ts'
import { commandLine } from '../../terminal/command-line.ts'

/** What a measurement holds, so that a person sees it before agreeing; documentation names and numbers, shortened. */
const EXAMPLE = `{"test_name":"kuager",
 "input":"wikipedia",
 "measurement_start_time":
  "2026-11-25 19:52:00",
 "probe_asn":"AS64500",
 "probe_cc":"KZ",
 "probe_ip":"127.0.0.1",
 "test_keys":{
  "line":{"state":"ok"},
  "endpoints":[{
   "host":"www.wikipedia.org",
   "port":443,
   "tls_handshakes":[{
    "address":"192.0.2.1:443",
    "failure":null,
    "t0":0.021,"t":0.064}]}]}}`

/** The tier that the text speaks of where it says what is asked for first. */
const FIRST: Tier = 'A'

/** Bytes a month that the schedule may use. */
export const allowanceOf = ({ settings }: Pick<Asked, 'settings'>): number =>
  settings.allowanceMb === undefined
    ? settings.metered === true
      ? METERED_ALLOWANCE
      : DEFAULT_ALLOWANCE
    : settings.allowanceMb * 1_000_000

/** Names of the services of a tier, as they are in the list. */
const namesOf = (services: readonly Service[], tier: Tier): string =>
  services
    .filter((service) => service.tier === tier)
    .map(({ name }) => name)
    .join(', ')

/** How a person in a terminal ends it. */
const TYPED = { stop: 'Ctrl-C', forget: commandLine('probe', 'forget') }

/** What is said before anything is measured, as paragraphs, and an example of what is sent; `ends`: how it is ended. */
export function consentParagraphs(
  { lang, settings }: Pick<Asked, 'lang' | 'settings'>,
  ends: { readonly stop: string; readonly forget: string } = TYPED,
): {
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly example: string
} {
  const values = {
    core: formatNumber(lang, CORE_RUN_BYTES / 1024),
    full: formatNumber(lang, FULL_RUN_BYTES / 1024 / 1024),
    month: formatNumber(lang, allowanceOf({ settings }) / 1_000_000),
    ...ends,
    first: FIRST,
  }
  const collectors = hostsOf(settings.collector)
  const controls = hostsOf(settings.control)
  const to = [
    collectors === '' ? say(lang, 'probe.consent.to-nobody') : say(lang, 'probe.consent.to', { list: collectors }),
    ...(controls === '' ? [] : [say(lang, 'probe.consent.to-control', { list: controls })]),
  ]
  const [title = '', ...paragraphs] = CONSENT_PARAGRAPHS.map((key) => say(lang, `probe.consent.${key}`, values))
  return { title, paragraphs: [...paragraphs, ...to].map(printable), example: EXAMPLE }
}

/** The whole text that is shown before anything is measured, wrapped to `width`. */
export function consentText(asked: Asked, width: number): string {
  const { title, paragraphs, example } = consentParagraphs(asked)
  const text = paragraphs.map((one) => wrap(one, width).join('\n')).join('\n\n')
  const shown = `${wrap(`${say(asked.lang, 'probe.consent.example')}:`, width).join('\n')}\n${example}`
  return `${title}\n${'='.repeat(Math.min(title.length, width))}\n\n${text}\n\n${shown}\n`
}

/** What a tier is and which services it holds. */
export function tierText(
  lang: Lang,
  tier: Tier,
  { services, width }: { readonly services: readonly Service[]; readonly width: number },
): string {
  return wrap(tierSentence(lang, tier, services), width).join('\n')
}

/** The same as one paragraph. */
export const tierSentence = (lang: Lang, tier: Tier, services: readonly Service[]): string =>
  printable(say(lang, `probe.tier.${tier}`, { tier, first: FIRST, list: namesOf(services, tier) }))

/** Hosts of addresses, as a person reads them. */
export const hostsOf = (urls: readonly string[] = []): string =>
  [...new Set(urls.map((url) => URL.parse(url)?.host ?? ''))].join(', ')
