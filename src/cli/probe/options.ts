import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { addressFamily, isBogon } from '../../core/model/address.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { TIERS } from '../../core/model/tables/service.ts'
import type { Tier } from '../../core/model/tables/service.ts'
import { parseAsn, parseCountryCode } from '../../core/model/units.ts'
import { parseRoute } from '../../probe/deliver/route.ts'
import { checkRecipient } from '../../probe/spool/seal.ts'
import { loadSettings } from '../../probe/plan/settings.ts'
import type { ProbeSettings } from '../../probe/plan/settings.ts'
import type { Lang } from '../../core/text/lang.ts'
import { printable } from '../../core/text/printable.ts'
import { probeFolder } from './run/place.ts'
import { probeLang } from './consent/speak.ts'

/** Options that every command of the probe takes. */
const OPTIONS = {
  folder: { type: 'string' },
  lang: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  tiers: { type: 'string' },
  scope: { type: 'string' },
  services: { type: 'string' },
  'service-list': { type: 'string' },
  controls: { type: 'string' },
  list: { type: 'string', multiple: true },
  control: { type: 'string', multiple: true },
  collector: { type: 'string', multiple: true },
  route: { type: 'string', multiple: true },
  responders: { type: 'string' },
  'extra-roots': { type: 'string' },
  asn: { type: 'string' },
  cc: { type: 'string' },
  'no-submit': { type: 'boolean', default: false },
  metered: { type: 'boolean' },
  allowance: { type: 'string' },
  'keep-copies': { type: 'boolean' },
  'copies-key': { type: 'string' },
  print: { type: 'boolean', default: false },
  'no-start': { type: 'boolean', default: false },
  refused: { type: 'boolean', default: false },
  delete: { type: 'boolean', default: false },
  'new-keys': { type: 'boolean', default: false },
} as const

/** What a command of the probe was asked for, over what its owner chose before. */
export interface Asked {
  readonly folder: string
  readonly lang: Lang
  readonly settings: ProbeSettings
  /** Settings kept before, without the options of this command line. */
  readonly kept: ProbeSettings
  readonly yes: boolean
  readonly json: boolean
  /** Tiers named; undefined: all that were consented to. */
  readonly tiers: readonly Tier[] | undefined
  readonly scope: 'core' | 'full'
  /** Ids of services named; undefined: all. */
  readonly services: readonly string[] | undefined
  readonly submit: boolean
  readonly print: boolean
  readonly start: boolean
  readonly refused: boolean
  readonly remove: boolean
  readonly newKeys: boolean
  readonly positionals: readonly string[]
}

/** Options by what may be asked of a command; the rest is refused as of no meaning there. */
export type OptionName = keyof typeof OPTIONS

/** Options about what is measured and where results go; `install` keeps them. */
export const MEASURING: readonly OptionName[] = [
  'service-list',
  'controls',
  'list',
  'control',
  'collector',
  'route',
  'responders',
  'extra-roots',
  'asn',
  'cc',
  'keep-copies',
  'copies-key',
]

/** Reads a command line of the probe. Throws InputError, or the TypeError of `parseArgs`. */
export async function readAsked(
  args: readonly string[],
  world: World,
  allowed: { readonly options: readonly OptionName[]; readonly positionals?: number },
): Promise<Asked> {
  const names: readonly OptionName[] = ['folder', 'lang', ...allowed.options]
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  for (const name of Object.keys(values))
    if (!names.some((one) => one === name) && values[name as OptionName] !== false)
      throw wrongOption(name, 'an option that this command does not take', names.map((one) => `--${one}`).join(' '))
  if (positionals.length !== (allowed.positionals ?? 0))
    throw new InputError(`Cannot run: found ${positionals.length} words besides the options`, {
      code: 'argument.count',
      path: 'arguments',
      expected: `${allowed.positionals ?? 0}; "kuager probe --help" says how`,
    })
  const folder = probeFolder(values.folder, world)
  const kept = await loadSettings(folder)
  const settings = { ...kept, ...settingsOf(values, world) }
  check(settings)
  return {
    folder,
    lang: probeLang(values.lang, kept.lang, world),
    settings: values.lang === undefined ? settings : { ...settings, lang: probeLang(values.lang, undefined, world) },
    kept,
    yes: values.yes,
    json: values.json,
    tiers: values.tiers === undefined ? undefined : parseTiers(values.tiers),
    scope: parseScope(values.scope),
    services: values.services?.split(',').filter((id) => id !== ''),
    submit: !values['no-submit'],
    print: values.print,
    start: !values['no-start'],
    refused: values.refused,
    remove: values.delete,
    newKeys: values['new-keys'],
    positionals,
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values']

function settingsOf(values: Values, world: World): ProbeSettings {
  const file = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : resolve(world.cwd, name)
  const allowance = values.allowance === undefined ? undefined : parseMegabytes(values.allowance)
  const given = {
    collector: values.collector,
    control: values.control,
    route: values.route,
    serviceList: file(values['service-list']),
    controls: file(values.controls),
    list: values.list?.map((name) => resolve(world.cwd, name)),
    responders: file(values.responders),
    extraRoots: file(values['extra-roots']),
    asn: values.asn,
    country: values.cc,
    allowanceMb: allowance,
    metered: values.metered,
    keepCopies: values['keep-copies'] ?? (values['copies-key'] === undefined ? undefined : true),
    copiesKey: values['copies-key'],
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/**
 * Whether a URL may be spoken to. In cleartext everybody on the way reads who measures what, so that it is for this
 * machine, a network of one's own, an onion service and a laboratory alone.
 */
function maySpeakTo(url: string, laboratory: boolean): boolean {
  const parsed = URL.parse(url)
  if (parsed?.protocol === 'https:') return true
  if (parsed?.protocol !== 'http:') return false
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  return (
    laboratory ||
    host === 'localhost' ||
    host.endsWith('.onion') ||
    (addressFamily(host) !== undefined && isBogon(host))
  )
}

/** Refuses what would only fail later, in the middle of a night. */
function check(settings: ProbeSettings): void {
  const { collector = [], control = [], route = [], asn, country, copiesKey } = settings
  for (const [name, urls] of Object.entries({ collector, control }))
    for (const url of urls)
      if (!maySpeakTo(url, settings.extraRoots !== undefined))
        throw wrongOption(
          name,
          `found "${printable(url)}"`,
          'an https URL; http for this machine, a private network or an onion service alone',
        )
  for (const one of route) parseRoute(one)
  if (asn !== undefined) parseAsn(asn)
  if (country !== undefined) parseCountryCode(country)
  if (copiesKey !== undefined) checkRecipient(copiesKey)
}

function parseTiers(text: string): readonly Tier[] {
  const words = text.toUpperCase().split(',')
  const tiers = TIERS.filter((tier) => words.includes(tier))
  if (tiers.length > 0 && words.every((word) => TIERS.some((tier) => tier === word))) return tiers
  throw wrongOption('tiers', `found "${printable(text)}"`, `${TIERS.join(',')} or some of them`)
}

function parseScope(text: string | undefined): 'core' | 'full' {
  if (text === undefined || text === 'full') return 'full'
  if (text === 'core') return 'core'
  throw wrongOption('scope', `found "${printable(text)}"`, 'core or full')
}

function parseMegabytes(text: string): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (number >= 20) return number
  throw wrongOption('allowance', `found "${printable(text)}"`, 'megabytes a month, 20 or more')
}

/** Text of a file that an option names. Throws InputError without its content. */
export function readNamed(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw wrongOption(option, `"${printable(basename(file))}" cannot be read (${why})`, 'a readable file')
  }
}
