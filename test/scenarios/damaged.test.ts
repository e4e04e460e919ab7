// A measurement of which one field was lost or edited. What was reachable never becomes interfered by that, unless the
// damaged document tells of another outcome, or has lost what took the suspicion away; and then a control or direct
// evidence has to say so.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judge } from '../../src/core/judge/judge.ts'
import type { Verdict } from '../../src/core/model/measured/verdict.ts'
import { observe } from '../../src/core/observe/observe.ts'
import { decodeMeasurement } from '../../src/core/ooni/decode/decode.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'
import { SCENARIOS } from './every-scenario.ts'

const tables = loadTables()
const certificates = openCertificates()

type Path = readonly (string | number)[]
const LOST = Symbol('the field is deleted')

/** The verdict; undefined where the document is refused as a whole. */
function verdictOf(measurement: unknown): Verdict | undefined {
  try {
    const decoded = decodeMeasurement(measurement)
    return decoded.kind === 'measurement' ? judge(decoded.head, observe(decoded, certificates), tables) : undefined
  } catch {
    return undefined
  }
}

function* fieldsOf(value: unknown, path: Path = []): Iterable<readonly [Path, unknown]> {
  if (path.length > 0) yield [path, value]
  if (typeof value !== 'object' || value === null) return
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value)
  for (const [key, inner] of entries) yield* fieldsOf(inner, [...path, key])
}

/** A copy with one field replaced or deleted. */
function damaged(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to
  if (Array.isArray(value)) {
    const list: unknown[] = [...(value as readonly unknown[])]
    if (rest.length === 0 && to === LOST) list.splice(Number(key), 1)
    else list[Number(key)] = damaged(list[Number(key)], rest, to)
    return list
  }
  const record: Record<string, unknown> = { ...(value as Record<string, unknown>) }
  if (rest.length === 0 && to === LOST) delete record[key]
  else record[key] = damaged(record[key], rest, to)
  return record
}

/** What a field may be damaged to: lost, of another type, cut, or another valid value of its kind. */
function damagesOf(value: unknown): readonly unknown[] {
  const plain = [LOST, null, '', 0, [], {}, 'x']
  if (typeof value === 'string')
    return [
      ...plain,
      value.slice(0, value.length / 2),
      '45.33.2.1',
      '10.0.0.1',
      'other.example',
      'https://other.example/',
      'connection_reset',
      'generic_timeout_error',
    ]
  if (typeof value === 'number') return [...plain, -value, value + 1, value * 1e6, 302, 503]
  if (value === null) return [...plain, 'connection_reset', 'generic_timeout_error', 'ssl_unknown_authority']
  return Array.isArray(value) ? [...plain, value.toReversed(), value.slice(1)] : plain
}

/** Fields that are the outcome of a row: edited, the document coherently tells of another outcome. */
const OUTCOME = /\/(?:failure|success|code|body|title|duration|t|t0|location|x_role|response)$|\/headers_list\/#\/#$/

/** Rules by which a lost or edited field that is no outcome may still lead to interference, each with its reason. */
const SPARED: readonly { readonly rule: string; readonly field: RegExp; readonly why: string }[] = [
  {
    rule: 'dns.bogon',
    field: /answers\/#\/ipv[46]$/,
    why: 'an answer edited to a bogon is direct evidence, and a forged answer looks the same',
  },
  {
    rule: 'dns.bogon',
    field: /answers\/#$/,
    why: 'the genuine address of the same answer was lost; what is left is a bogon alone',
  },
  {
    rule: 'dns.forged-for-dead-name',
    field: /answers\/#\/ipv[46]$/,
    why: 'the same, of a name that the control does not know',
  },
  {
    rule: 'tcp.control-connects',
    field: /queries\/#\/answers(?:\/#)?$|answers\/#\/ipv4$/,
    why: 'the address that works is no longer an answer of the resolver; of the one that is, the control says it works',
  },
  {
    rule: 'tcp.control-connects',
    field: /^test_keys\/endpoints(?:\/#(?:\/tcp_connect)?)?$/,
    why: 'another host of the service, whose connection showed the address open a moment before, was lost',
  },
  {
    rule: 'tls.silence',
    field: /tls_handshakes\/#$/,
    why: 'the one round in which the name passed was lost; the pairs that are left say that it does not',
  },
  {
    rule: 'tls.certificate-refused',
    field: /peer_certificates(?:\/#)?$/,
    why: 'the certificate in common with the chain abroad was lost; none of those left is known there',
  },
  {
    rule: 'http.failure',
    field: /^test_keys\/requests(?:\/#(?:\/request(?:\/(?:url|headers_list.*|headers.*))?)?)?$/,
    why: 'the one request of several to one URL that was answered was lost; those that are left were reset',
  },
  {
    rule: 'http.redirected',
    field: /\/x_first$|\/x_control_request(?:\/http_request)?$/,
    why: 'the first answer abroad was lost, or what it answers; a listed service sends to another owner in cleartext',
  },
  {
    rule: 'http.page-differs',
    field: /(?:response|control\/http_request)\/headers/,
    why: 'the name of the server, alike on both sides, was lost; what is left of its refusal differs from the page',
  },
  {
    rule: 'http.page-differs',
    field: /requests\/#(?:\/request(?:\/url)?)?$/,
    why: 'the page that the control name brought alike was lost; the page of the helper differs',
  },
]

interface Turned {
  readonly rule: string
  readonly field: string
  readonly scenario: string
  readonly verdict: Verdict
}

/** Every single damage of a reachable scenario after which the verdict is interfered. */
function turnedBy(scenario: (typeof SCENARIOS)[number]): readonly Turned[] {
  const found: Turned[] = []
  for (const [path, value] of fieldsOf(scenario.measurement))
    for (const to of damagesOf(value)) {
      const verdict = verdictOf(damaged(scenario.measurement, path, to))
      if (verdict?.kind !== 'interfered') continue
      const field = path.map((key) => (typeof key === 'number' ? '#' : key)).join('/')
      found.push({ rule: verdict.rule, field, scenario: scenario.name, verdict })
    }
  return found
}

const DIRECT = new Set(['dns.bogon', 'dns.fingerprint', 'tls.interception-issuer', 'http.fingerprint'])
const isBacked = ({ rule, grounds }: Verdict): boolean =>
  DIRECT.has(rule) || grounds.some(({ role }) => role === 'control')

describe('one field of a measurement is lost or edited', () => {
  const reachable = SCENARIOS.filter(({ kind }) => kind === 'reachable')
  const turned = reachable.flatMap(turnedBy)

  it('a verdict that turns to interfered rests on a control or on direct evidence', () => {
    assert.ok(reachable.length > 30)
    for (const one of turned) assert.ok(isBacked(one.verdict), `${one.scenario}: ${one.rule} after ${one.field}`)
  })

  it('only another outcome, or a lost exoneration that is listed, turns reachable into interfered', () => {
    const unexplained = turned.filter(
      ({ rule, field }) => !OUTCOME.test(field) && !SPARED.some((one) => one.rule === rule && one.field.test(field)),
    )
    assert.deepEqual(
      unexplained.map(({ rule, field, scenario }) => `${scenario}: ${rule} after ${field}`),
      [],
    )
  })

  it('every listed exoneration is still needed', () => {
    for (const { rule, field, why } of SPARED)
      assert.ok(
        turned.some((one) => one.rule === rule && field.test(one.field)),
        `${rule}: ${why}`,
      )
  })
})
