import { readFileSync } from 'node:fs'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import type { CommandCall } from '../terminal/command.ts'
import { flag, optional, repeatable, under, wordOf, type OptionValues } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'
import { basename } from 'node:path'
import { addressFamily, isBogon } from '../../core/model/address.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { TIERS } from '../../core/model/tables/service.ts'
import type { Tier } from '../../core/model/tables/service.ts'
import { parseAsn, parseCountryCode } from '../../core/model/units.ts'
import { parseRoute } from '../../probe/deliver/route.ts'
import { checkRecipient } from '../../probe/spool/seal.ts'
import { loadSettings } from '../../probe/plan/settings.ts'
import type { ProbeSettings } from '../../probe/plan/settings.ts'
import { printable } from '../../core/text/printable.ts'
import { probeFolder } from './run/place.ts'
import { probeLang } from './consent/speak.ts'

/** Options of the commands of the probe; each takes some of them. */
const OPTIONS = {
  yes: flag('Agree without being asked: to tier A, or to the tiers named by --tiers.'),
  json: flag('Print one line of JSON.'),
  refused: flag('Also what collectors refused.'),
  delete: flag('Remove from the queue what was written and read back.'),
  'new-keys': flag('Delete the present keys and make new ones: after a key was stolen and the operator revoked it.'),
  replace: flag('Leave the observatory that was joined before, or accept its changed key or new addresses.'),
  log: optional('FILE', 'Write the log to this file, 1 MB at most and as much of what was before.', { read: filePath }),
  from: repeatable('PATH|URL', 'Folder or address with updates; asked in order.', {
    byDefault: 'the mirrors that the program names, then /updates/ of the collectors',
  }),
  check: flag('Only check, fetch nothing.'),
  automatic: optional('on|off', 'Whether the daemon looks once a day and installs what it finds.', {
    read: wordOf(['on', 'off']),
  }),
  back: flag('Go back to the version before this one, and never take this one again.'),
  scheduled: flag('Print nothing, as in the daily check of the daemon.'),
  print: flag('Show the service file and write nothing.'),
  'no-start': flag('Write, do not start.'),
  ...under('What is measured', {
    tiers: optional('A,B,C', 'Groups of services.', { byDefault: 'all that were agreed to' }),
    scope: optional('core|full', 'core: only names and connections, about 150 KB.', { byDefault: 'full' }),
    services: optional('ID,…', 'Only these services.'),
    'service-list': optional('FILE', 'Another list of services (docs/formats/measured-lists.md).', { read: filePath }),
    list: repeatable('FILE', 'URLs to add, in the CSV form of the Citizen Lab, as tier B.', { read: filePath }),
    controls: optional('FILE', 'Another list of control names, canaries and resolvers.', { read: filePath }),
    control: repeatable('URL', 'Test helper abroad that measures the same in the same minute.'),
    responders: optional('FILE', 'Tunnel test servers. Without it: tier C is left out.', { read: filePath }),
    'extra-roots': optional('FILE', "For test labs: certificates trusted in addition to Mozilla's.", {
      read: filePath,
    }),
  }),
  ...under('Where it goes', {
    collector: repeatable('URL', 'Collector that accepts the measurements; the preferred one first.'),
    route: repeatable(
      'ROUTE',
      `Way to the collectors: direct, tor, http://HOST:PORT or socks5://HOST:PORT; tried in order. No route except those
      given is used.`,
      { byDefault: 'direct' },
    ),
    'no-submit': flag('Keep the measurements here.'),
    asn: optional('N', 'Network, if neither collector nor control can say it.'),
    cc: optional('CC', 'Country, if neither collector nor control can say it.'),
    'keep-copies': flag('Keep measurements as they were before anything was erased from them, on this machine only.'),
    'copies-key': optional('KEY', 'Seal those copies to this public key of age.'),
  }),
  ...under('How much', {
    metered: flag(`
Measure on a connection that the system calls metered too, with 200 MB a month instead of 1,000: the schedule is
stretched to fit. Without it the schedule pauses there.`),
    once: flag(
      'Look at the schedule once, do what is due, send what waits, and end. For cron, on machines with little memory.',
    ),
    allowance: optional('MB', 'Another number of megabytes a month, 20 or more.'),
  }),
  folder: optional('DIR', "The probe's folder.", {
    byDefault: 'KUAGER_PROBE_FOLDER, else kuager-probe in the state folder of the system',
  }),
  lang: optional('LANG', `Language: ${LANGS.join(', ')}.`, {
    byDefault: "KUAGER_LANG, else what was chosen before, else the system's, else kk",
  }),
}

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
  /** File of the daemon's log; undefined: standard error. */
  readonly log: string | undefined
  readonly positionals: readonly string[]
}

export type OptionName = keyof typeof OPTIONS

/** The options of one command: those named, and those of every command. */
export const someOptions = <N extends OptionName>(
  ...names: readonly N[]
): Pick<typeof OPTIONS, N | 'folder' | 'lang'> =>
  Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => [...names, 'folder', 'lang'].includes(name))) as Pick<
    typeof OPTIONS,
    N | 'folder' | 'lang'
  >

/** Options about what is measured and where results go; `install` keeps them. */
export const MEASURING = [
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
] as const

type Given = Partial<OptionValues<typeof OPTIONS>>

/** What a command line of the probe asks for, over what was chosen before. Throws InputError. */
export async function readAsked(values: Given, { world, words }: CommandCall): Promise<Asked> {
  const folder = probeFolder(values.folder, world)
  const kept = await loadSettings(folder)
  const settings = { ...kept, ...settingsOf(values) }
  check(settings)
  return {
    folder,
    lang: probeLang(values.lang, kept.lang, world),
    settings: values.lang === undefined ? settings : { ...settings, lang: probeLang(values.lang, undefined, world) },
    kept,
    yes: values.yes === true,
    json: values.json === true,
    tiers: values.tiers === undefined ? undefined : parseTiers(values.tiers),
    scope: parseScope(values.scope),
    services: values.services?.split(',').filter((id) => id !== ''),
    submit: values['no-submit'] !== true,
    print: values.print === true,
    start: values['no-start'] !== true,
    refused: values.refused === true,
    remove: values.delete === true,
    newKeys: values['new-keys'] === true,
    log: values.log,
    positionals: words,
  }
}

function settingsOf(values: Given): ProbeSettings {
  const given = (flag: boolean | undefined): true | undefined => (flag === true ? true : undefined)
  const some = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
    list === undefined || list.length === 0 ? undefined : list
  const allowance = values.allowance === undefined ? undefined : parseMegabytes(values.allowance)
  const settings = {
    collector: some(values.collector),
    control: some(values.control),
    route: some(values.route),
    serviceList: values['service-list'],
    controls: values.controls,
    list: some(values.list),
    responders: values.responders,
    extraRoots: values['extra-roots'],
    asn: values.asn,
    country: values.cc,
    allowanceMb: allowance,
    metered: given(values.metered),
    keepCopies: given(values['keep-copies']) ?? (values['copies-key'] === undefined ? undefined : true),
    copiesKey: values['copies-key'],
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

/**
 * Whether a URL may be spoken to. In cleartext everybody on the way reads who measures what, so that it is for this
 * machine, a network of one's own, an onion service and the test lab.
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

/** Megabytes a month. Throws InputError for less than 20, with which no schedule is possible. */
export function parseMegabytes(text: string): number {
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
