import { isAbsolute } from 'node:path'
import { InputError } from '../../../core/model/errors.ts'

/** Where a warehouse on a ClickHouse server is. */
export interface WarehouseAddress {
  /** Scheme, host and port alone: what may be shown and stored is `shown`, and it has no credentials. */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly database: string
  /** Whether the database and its tables are replicated (docs/operating/cluster.md). */
  readonly replicated: boolean
  /** File with the certificate of the authority that signed that of the server; absent: those of the system. */
  readonly ca?: string
  /** The address without user and password. */
  readonly shown: string
}

const EXPECTED = 'an address such as https://user:password@host:8443/database'

/** Ports of ClickHouse where an address names none. */
const PORTS = { 'http:': '8123', 'https:': '8443' } as const

/**
 * Reads `https://user:password@host:8443/database`, with `?replicated=1` and `?ca=/path/of/ca.pem`. Throws InputError
 * that does not repeat the text: it may hold a password.
 */
export function parseWarehouseAddress(text: string): WarehouseAddress {
  const url = URL.parse(text)
  const scheme = url?.protocol
  if (url === null || (scheme !== 'http:' && scheme !== 'https:')) throw wrong('it is not an address of HTTP or HTTPS')
  const database = /^\/([A-Za-z_][A-Za-z0-9_]{0,63})$/.exec(url.pathname)?.[1]
  if (database === undefined) throw wrong('it names no database of letters, digits and underscores')
  if (url.hash !== '') throw wrong('a "#" belongs into a password only as %23')
  for (const name of url.searchParams.keys())
    if (name !== 'replicated' && name !== 'ca') throw wrong('its only parameters are replicated and ca')
  const replicated = url.searchParams.get('replicated') ?? '0'
  if (replicated !== '0' && replicated !== '1') throw wrong('replicated is 0 or 1')
  const ca = url.searchParams.get('ca')
  if (ca !== null && (scheme === 'http:' || !isAbsolute(ca))) throw wrong('ca is an absolute path, with https')
  const base = `${scheme}//${url.hostname}:${url.port === '' ? PORTS[scheme] : url.port}`
  return {
    url: base,
    user: decoded(url.username) || 'default',
    password: decoded(url.password),
    database,
    replicated: replicated === '1',
    ...(ca === null ? {} : { ca }),
    shown: `${base}/${database}`,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('a "%" in user or password is written %25')
  }
}

const wrong = (why: string): InputError =>
  new InputError(`Cannot read the address of the warehouse: ${why}`, {
    code: 'warehouse.address',
    path: 'KUAGER_WAREHOUSE',
    expected: EXPECTED,
  })
