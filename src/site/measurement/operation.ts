import { defined } from '../../core/model/defined.ts'
import { LAYERS, type Layer } from '../../core/model/measured/mechanism.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import { protocolName } from '../../core/text/protocol-name.ts'
import { HALVES, type CertificateEntry, type OperationEntry } from '../parts/operation-entry.ts'

type Row = Readonly<Record<string, unknown>>

const text = (row: Row, column: string): string | undefined => {
  const value = row[column]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Numbers come as numbers, or as text where the engine fears for their exactness. */
const number = (row: Row, column: string): number | undefined => {
  const value = row[column]
  const read = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined
}

/** Milliseconds as a number, or a time as ClickHouse prints it. */
function time(row: Row, column: string): Instant | undefined {
  const value = row[column]
  if (typeof value === 'number') return instant(value)
  try {
    return value === null || value === undefined ? undefined : parseInstant(value)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

const layerOf = (kind: string | undefined): Layer | undefined => LAYERS.find((layer) => layer === kind)

/** What an operation was done to, in the words of its own data. */
function target(row: Row): string {
  const address = text(row, 'address')
  const port = number(row, 'port')
  const endpoint =
    address === undefined
      ? undefined
      : port === undefined
        ? address
        : `${address.includes(':') ? `[${address}]` : address}:${port}`
  const protocol = text(row, 'protocol')
  const named = text(row, 'url') ?? text(row, 'name') ?? (protocol === undefined ? undefined : protocolName(protocol))
  const what = named ?? endpoint ?? text(row, 'part') ?? ''
  const detail = text(row, 'query_type') ?? (what === endpoint ? undefined : endpoint)
  return detail === undefined ? what : `${what} (${detail})`
}

/** Reads one row of `observations` as the warehouse gives it; undefined for a row of no known layer. */
export function parseOperation(row: Row): OperationEntry | undefined {
  const layer = layerOf(text(row, 'kind'))
  if (layer === undefined) return undefined
  const began = number(row, 'began_s')
  const ended = number(row, 'ended_s')
  const failure = text(row, 'failure')
  const status = number(row, 'status')
  const half = HALVES.find((role) => role === row['name_role'])
  return {
    layer,
    side: text(row, 'side') === 'control' ? 'control' : 'probe',
    target: target(row),
    source: text(row, 'source') ?? '',
    hop: number(row, 'hop') ?? 0,
    ...defined({ began, ended, failure, status, half }),
  }
}

const CHAINS = ['trusted', 'unanchored', 'expired', 'broken', 'unchecked', 'none'] as const

/** Leaf certificates of the handshakes, each once with every name it was shown for. */
export function certificatesOf(rows: readonly Row[]): readonly CertificateEntry[] {
  const found = new Map<string, CertificateEntry & { names: string[] }>()
  for (const row of rows) {
    const issuer = text(row, 'leaf_issuer') ?? text(row, 'leaf_issuer_organisation')
    const subject = text(row, 'leaf_subject')
    if (issuer === undefined && subject === undefined) continue
    const certificates = row['certificates']
    const digest: unknown = Array.isArray(certificates) ? certificates[0] : undefined
    const notBefore = time(row, 'leaf_not_before')
    const notAfter = time(row, 'leaf_not_after')
    const matches = number(row, 'name_matches')
    const name = text(row, 'name')
    const key = [digest, subject, issuer, notAfter, matches, text(row, 'chain')].join('\n')
    const known = found.get(key)
    if (known !== undefined) {
      if (name !== undefined && !known.names.includes(name)) known.names.push(name)
      continue
    }
    found.set(key, {
      names: name === undefined ? [] : [name],
      subject: subject ?? '',
      issuer: issuer ?? '',
      organisation: text(row, 'leaf_issuer_organisation') ?? '',
      chain: CHAINS.find((chain) => chain === row['chain']) ?? 'unchecked',
      ...(typeof digest === 'string' && /^[0-9a-f]{64}$/i.test(digest) ? { sha256: digest.toLowerCase() } : {}),
      ...defined({ notBefore, notAfter }),
      ...(matches === undefined ? {} : { nameMatches: matches === 1 }),
    })
  }
  return [...found.values()]
}
