import { WITHHELD } from '../../model/measured/page-reading.ts'
import { InputError } from '../../model/errors.ts'
import { formatAsn, parseInstant, type Asn } from '../../model/units.ts'
import { HALVINGS, type Ground, type LayerFinding, type Missing, type Verdict } from '../../model/measured/verdict.ts'
import { failureWords } from '../failure.ts'
import { CATALOGUE } from '../catalogue.ts'
import { capitalise, say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber, formatSeconds } from '../number.ts'
import { protocolName } from '../protocol-name.ts'
import { formatDate } from '../time.ts'

/** Names under which a ground carries its values (measured/verdict.ts, comments of FACTS), each with a label in text/. */
export const GROUND_VALUES = [
  'name',
  'addresses',
  'address',
  'port',
  'failure',
  'fingerprint',
  'resolver',
  'seconds',
  'issuer',
  'date',
  'host',
  'status',
  'location',
  'hop',
  'tested',
  'failed',
  'part',
  'defect',
  'protocol',
  'progress',
  'why',
  'rate',
  'home',
  'abroad',
  'network',
  'other',
  'kilobytes',
] as const
type GroundValue = (typeof GROUND_VALUES)[number]

/** Parts of a service that have words (observe/parts.ts); another part, such as a kind of Tor target, is shown as it is. */
const PARTS = ['url', 'web', 'datacenter', 'registration', 'endpoint', 'stun', 'uptime', 'backend', 'resolver'] as const

/** What a sentence about one measurement needs; the caller looks the names up. */
export interface Subject {
  /** Name of the service, or the host of `web:<host>`. */
  readonly serviceName: string
  readonly asn: Asn
  /** Name of the network, where known. */
  readonly networkName?: string
  readonly verdict: Verdict
  readonly simulated: boolean
}

const MARKS = {
  kk: { open: '«', close: '»' },
  ru: { open: '«', close: '»' },
  en: { open: '“', close: '”' },
} satisfies Record<Lang, { open: string; close: string }>

/** Text in the quotation marks of the language. */
export const quote = (lang: Lang, text: string): string => `${MARKS[lang].open}${text}${MARKS[lang].close}`

function formatValue(lang: Lang, name: GroundValue, value: string | number): string {
  switch (name) {
    case 'failure':
      return failureWords(lang, String(value))
    case 'seconds':
      return typeof value === 'number' ? formatSeconds(lang, Math.abs(value)) : value
    case 'why': {
      const halving = HALVINGS.find((known) => known === value)
      return halving === undefined ? String(value) : say(lang, `halving.${halving}`)
    }
    case 'part': {
      const part = PARTS.find((known) => known === value)
      return part === undefined ? String(value) : say(lang, `part.${part}`)
    }
    case 'protocol':
      return protocolName(String(value))
    case 'rate':
      return typeof value === 'number' ? formatNumber(lang, value) : value
    case 'date':
      return formatDay(lang, value)
    default:
      return String(value)
  }
}

function formatDay(lang: Lang, value: string | number): string {
  try {
    const at = parseInstant(typeof value === 'number' ? new Date(value).toISOString() : value)
    return formatDate(lang, at, 'UTC')
  } catch (error) {
    // A date that cannot be read is shown as it was written: the ground must not disappear for it.
    if (error instanceof InputError || error instanceof RangeError) return String(value)
    throw error
  }
}

/** Whether the control name of a pair passed before or after the target, from the sign of `seconds`. */
function pairOrder(ground: Ground): 'earlier' | 'later' | 'other' {
  const { seconds } = ground.values
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return 'other'
  return seconds < 0 ? 'later' : 'earlier'
}

/** Values of a ground as its clause shows them; `tested` chooses a plural form. */
function clauseValues(lang: Lang, ground: Ground): Readonly<Record<GroundValue, string>> {
  const shown = (name: GroundValue): string => {
    const value = ground.values[name]
    if (value === undefined || value === '') return `(${say(lang, 'value.not-recorded')})`
    return value === WITHHELD ? `(${say(lang, 'value.withheld')})` : formatValue(lang, name, value)
  }
  return Object.fromEntries(GROUND_VALUES.map((name) => [name, shown(name)])) as Record<GroundValue, string> // each has its entry
}

/** What a ground says, as a clause without capital and stop, for use inside a sentence. */
export const groundClause = (lang: Lang, ground: Ground): string =>
  say(lang, `fact.${ground.fact}`, {
    ...clauseValues(lang, ground),
    order: pairOrder(ground),
    tested: Number(ground.values['tested']) || 0,
    home: Number(ground.values['home']) || 0,
    abroad: Number(ground.values['abroad']) || 0,
  })

/** Label and value of each value of a ground that its clause does not already say. */
export function groundDetails(lang: Lang, ground: Ground): readonly { label: string; value: string }[] {
  const message: string = CATALOGUE[lang][`fact.${ground.fact}`]
  return GROUND_VALUES.flatMap((name) => {
    const value = ground.values[name]
    return value === undefined || value === '' || message.includes(`{${name}`)
      ? []
      : [{ label: say(lang, `value.${name}`), value: formatValue(lang, name, value) }]
  })
}

/** What a ground says, as a sentence with its remaining values: `The TLS handshake … is sent (Address: 192.0.2.1).` */
export function groundSentence(lang: Lang, ground: Ground): string {
  const details = groundDetails(lang, ground).map(({ label, value }) => `${label}: ${value}`)
  const clause = capitalise(lang, groundClause(lang, ground))
  const sentence = `${clause}${details.length === 0 ? '' : ` (${details.join('; ')})`}`
  return sentence.endsWith('.') ? sentence : `${sentence}.`
}

/** What a judge would have liked to see: `Missing: a TLS control, a second measurement.` Empty for an empty list. */
export const missingSentence = (lang: Lang, missing: readonly Missing[]): string =>
  missing.length === 0 ? '' : `${capitalise(lang, missingClause(lang, missing))}.`

const missingClause = (lang: Lang, missing: readonly Missing[]): string =>
  say(lang, 'sentence.missing', { list: missing.map((one) => say(lang, `missing.${one}`)).join(', ') })

/** What one layer shows by itself: `TLS: interfered (TLS: no answer, by name)`. */
export function layerSentence(lang: Lang, finding: LayerFinding): string {
  const state = say(lang, 'sentence.layer', {
    layer: say(lang, `layer.${finding.layer}`),
    state: say(lang, `layer-state.${finding.state}`),
  })
  return finding.mechanism === undefined ? state : `${state} (${say(lang, `mechanism.${finding.mechanism}`)})`
}

/** The ground a reader needs first: decisive and of the verdict's layer, else decisive. */
function decisiveGround(verdict: Verdict): Ground | undefined {
  const decisive = verdict.grounds.filter((ground) => ground.role === 'decisive')
  return decisive.find((ground) => ground.layer === verdict.layer) ?? decisive[0]
}

/** The control that decides: a control name to the same address before any other control of the same layer. */
function controlGround(verdict: Verdict): Ground | undefined {
  const controls = verdict.grounds.filter((ground) => ground.role === 'control')
  return (
    controls.find((ground) => ground.fact === 'tls.innocent-passed') ??
    controls.find((ground) => ground.layer === verdict.layer) ??
    controls[0]
  )
}

/** Where no ground decides: what was seen first. A halving explains a number, not a verdict. */
const shownGround = (verdict: Verdict): Ground | undefined =>
  decisiveGround(verdict) ??
  verdict.grounds.find((ground) => ground.role === 'context' && ground.fact !== 'ratio.halved')

function reasons(lang: Lang, verdict: Verdict): readonly string[] {
  const shown = shownGround(verdict)
  const control = controlGround(verdict)
  const first = shown === undefined ? [] : [groundClause(lang, shown)]
  const compared = control === undefined ? first : [...first, groundClause(lang, control)]
  switch (verdict.kind) {
    case 'interfered':
    case 'unreachable':
      return compared
    case 'reachable':
      return first
    case 'inconclusive':
      return verdict.missing.length === 0 ? compared : [...compared, missingClause(lang, verdict.missing)]
    case 'not-judged':
      return [say(lang, 'sentence.not-judged')]
  }
}

/** Number and name of a network: `AS9198 Kazakhtelecom`; words where the number is not known. */
export function networkLabel(lang: Lang, asn: Asn, networkName?: string): string {
  if (asn === 0) return say(lang, 'sentence.no-network')
  return networkName === undefined ? formatAsn(asn) : `${formatAsn(asn)} ${networkName}`
}

/**
 * One sentence for one measurement: what, on whose network, the verdict, its decisive ground and its control;
 * for an inconclusive one the reason. Never says who acted: a measurement does not show it.
 */
export function verdictSentence(lang: Lang, subject: Subject): string {
  const head = say(lang, 'sentence.subject', {
    service: subject.serviceName,
    network: networkLabel(lang, subject.asn, subject.networkName),
    kind: say(lang, `kind.${subject.verdict.kind}`),
  })
  const sentence = [head, ...reasons(lang, subject.verdict)].join('; ')
  return subject.simulated ? `${say(lang, 'sentence.simulated')}. ${sentence}` : sentence
}
