import { splitEndpoint, unmappedBytes } from '../../core/model/address.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { parseAsn } from '../../core/model/units.ts'
import { DEFAULT_LANG, LANGS } from '../../core/text/lang.ts'
import { resolve } from 'node:path'
import {
  flag,
  optional,
  twin,
  fromEnvironment,
  withDefault,
  repeatable,
  wholeNumber,
  type DeclaredOption,
  type OptionReader,
} from './option.ts'
import { chooseLang } from './options.ts'

/** Options that several commands have. Each is described here once. */

export const FOLDER = fromEnvironment('DIR', 'Data folder.', {
  byDefault: 'KUAGER_FOLDER, else kuager-data',
  without: (world) => world.env['KUAGER_FOLDER'] ?? 'kuager-data',
})

/** For every command that opens the warehouse of a folder; the folder reads it from the environment. */
export const WAREHOUSE = twin(
  'KUAGER_WAREHOUSE',
  'ADDRESS',
  'ClickHouse server that has the warehouse, https://user:password@host:8443/database, or "embedded".',
)

export const LANG = fromEnvironment('LANG', `Language: ${LANGS.join(', ')}.`, {
  read: Object.assign((text: string, at: Parameters<OptionReader<unknown>>[1]) => chooseLang(text, at.world), {
    choices: LANGS,
  }),
  byDefault: `KUAGER_LANG, else ${DEFAULT_LANG}`,
  without: (world) => chooseLang(undefined, world),
})

/** `what` says what is printed for programs. */
export const json = (what = 'Print one JSON object.'): DeclaredOption<boolean> => flag(what)

export const port = (byDefault: number): DeclaredOption<number> =>
  withDefault('N', 'Port to listen on; 0 takes a free one.', String(byDefault), wholeNumber(0, 65_535))

export const HOST = withDefault('ADDRESS', 'Address of this machine to listen on.', '127.0.0.1')

/** `127.0.0.1:9420` or `[::1]:9420`: a place that other machines do not reach. */
export const loopbackPlace: OptionReader<{ readonly host: string; readonly port: number }> = (text, { name }) => {
  const place = splitEndpoint(text)
  if (place === undefined || !isLoopback(place.address))
    throw wrongOption(name, `found "${printable(text)}"`, 'an address of this machine alone, such as 127.0.0.1:9420')
  return { host: place.address, port: place.port }
}

const isLoopback = (address: string): boolean => {
  const bytes = unmappedBytes(address)
  return bytes?.length === 4 ? bytes[0] === 127 : address === '::1'
}

/** A file by its absolute path. */
export const filePath: OptionReader<string> = (text, { world }) => resolve(world.cwd, text)

export const networks = (about: string): DeclaredOption<readonly string[]> =>
  repeatable('FILE', about, { read: filePath })

export const FINGERPRINTS = repeatable(
  'FILE',
  "Block-page fingerprints in the form of OONI's blocking-fingerprints (CSV).",
  { byDefault: 'those that KUAGER_FINGERPRINTS lists' },
)

export const SERVICE = optional('NAME', 'Service: an id of data/services.json (youtube) or web:HOST.')

export const NETWORK = optional('ASN', 'Network, such as AS9198 or 9198.', { read: parseAsn })

export const ROUTE = withDefault(
  'ROUTE',
  'Way to the service: direct, tor, http://HOST:PORT or socks5://HOST:PORT.',
  'direct',
)

export const TRUSTED_PROXY = repeatable('CIDR', 'Proxy whose x-forwarded-for is believed.')
