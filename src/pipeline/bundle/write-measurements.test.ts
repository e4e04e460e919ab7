import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { judgePublic } from '../../core/derive/judge-public.ts'
import { DeviceNumbers } from '../../core/model/device.ts'
import { bundleMeasurementSchema, redactionsSchema } from '../../core/model/incident/bundle.ts'
import { Fault } from '../../core/model/errors.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { redactedFields } from '../../core/ooni/publish/redacted-fields.ts'
import type { Archived } from '../../store/archive/contract.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { digest } from '../judge/judge-bytes.ts'
import { openPublisher } from '../publish/publish.ts'
import { BagFolder } from './bag-folder.ts'
import {
  originClass,
  writeMeasurements,
  type ChosenMeasurement,
  type WrittenMeasurements,
} from './write-measurements.ts'

const RECEIVED = instant(Date.UTC(2026, 9, 6, 16))
const NONE_COMMON = { secret: new Uint8Array(32), isCommon: () => false }
const TOOLS = { tables: loadTables(), certificates: openCertificates(), digest }
const PUBLISHER = openPublisher({ tables: TOOLS.tables, seen: NONE_COMMON })

const document = (n: number, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  test_name: 'web_connectivity',
  test_version: '0.4.3',
  software_name: 'ooniprobe-android',
  software_version: '3.8.0',
  probe_asn: 'AS9198',
  probe_cc: 'KZ',
  probe_ip: '203.0.113.9',
  measurement_start_time: `2026-10-06 15:0${n}:00`,
  test_start_time: '2026-10-06 15:00:00',
  test_runtime: 1,
  input: 'https://example.org/',
  test_keys: { queries: [], tcp_connect: [], requests: [], client_resolver: '203.0.113.1' },
  ...more,
})

const blob = (leafIndex: number, json: unknown): Extract<Archived, { kind: 'blob' }> => {
  const bytes = Buffer.from(JSON.stringify(json))
  const id = parseSha256(hash('sha256', bytes))
  const provenance = { id, receivedAt: RECEIVED, channel: 'file', origin: 'My Name.json' } as const
  return { kind: 'blob', leafIndex, provenance, salt: new Uint8Array(16), bytes }
}

async function write(
  archived: readonly Archived[],
  chosen: readonly ChosenMeasurement[],
  changed: readonly number[] = [],
): Promise<{ readonly written: WrittenMeasurements; readonly files: ReadonlyMap<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-measurements-'))
  try {
    const bag = await BagFolder.open(folder, 'kuager-x1', REAL_DISK)
    const written = await writeMeasurements(bag, chosen, {
      archive: { readLeaf: (leaf) => Promise.resolve(archived.find((one) => one.leafIndex === leaf)) },
      publicOf: (leaf) => {
        const found = archived.find((one) => one.leafIndex === leaf)
        const text = found?.kind === 'blob' ? publicForm(JSON.parse(Buffer.from(found.bytes).toString())) : ''
        return parseSha256(hash('sha256', changed.includes(leaf) ? `${text} ` : text))
      },
      forms: {
        logged: async (held, logged) => {
          const form = PUBLISHER.logged(held, logged)
          return form === undefined ? undefined : new TextEncoder().encode(form)
        },
        redacted: async ({ bytes }) => redactedFields(JSON.parse(Buffer.from(bytes).toString())),
      },
      judge: async (bytes) => judgePublic(bytes, TOOLS),
      devices: new DeviceNumbers(),
      signal: new AbortController().signal,
    })
    return {
      written,
      files: new Map(bag.files.map(({ path }) => [path, readFileSync(join(bag.path, path), 'utf8')])),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const linesOf = (text: string | undefined): readonly unknown[] =>
  (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))

describe('writeMeasurements()', () => {
  it('writes public forms by leaf, in any order and role, and the class of their senders only', async () => {
    const archived = [blob(7, document(7)), blob(3, document(3))]
    const { written, files } = await write(archived, [
      { leaf: 7, role: 'apart' },
      { leaf: 3, role: 'series' },
    ])
    const lines = linesOf(files.get('data/measurements.jsonl')).map((line) => bundleMeasurementSchema.parse(line))
    assert.deepEqual(
      lines.map(({ leaf, role, state, origin }) => [leaf, role, state, origin]),
      [
        [3, 'series', 'held', 'file'],
        [7, 'apart', 'held', 'file'],
      ],
    )
    assert.equal(files.get('data/raw/3.json'), publicForm(document(3)))
    assert.deepEqual(written.counts, { measurements: 2, apart: 1, erased: 0, form_changed: 0 })
    assert.deepEqual(written.span, {
      since: instant(Date.UTC(2026, 9, 6, 15, 3)),
      until: instant(Date.UTC(2026, 9, 6, 15, 7)),
    })
    for (const [path, text] of files) assert.doesNotMatch(text, /My Name|203\.0\.113/, path)
    assert.deepEqual(redactionsSchema.parse(written.redactions).fields, [
      { what: '/probe_ip', why: 'address', measurements: 2 },
      { what: '/test_keys/client_resolver', why: 'resolver', measurements: 2 },
    ])
  })

  it('does not show a measurement whose public form is not the one that was logged, and names it', async () => {
    const { written, files } = await write([blob(3, document(3))], [{ leaf: 3, role: 'named' }], [3])
    assert.equal(files.has('data/raw/3.json'), false)
    assert.equal(files.get('data/verdicts.jsonl'), '')
    assert.deepEqual(written.counts, { measurements: 1, apart: 0, erased: 0, form_changed: 1 })
    assert.deepEqual(
      written.redactions.form_changed.map(({ leaf }) => leaf),
      [3],
    )
    assert.equal(written.span, undefined)
  })

  it('says of an erased one nothing but its leaf, time and reason', async () => {
    const erased = { kind: 'erased', leafIndex: 3, erasedAt: RECEIVED, reason: 'asked' } as const
    const { written, files } = await write([erased], [{ leaf: 3, role: 'series' }])
    assert.deepEqual(linesOf(files.get('data/measurements.jsonl')), [
      { leaf: 3, id: null, received_at_utc: null, channel: null, origin: null, role: 'series', state: 'erased' },
    ])
    assert.deepEqual(written.redactions.erased, [{ leaf: 3, at_utc: '2026-10-06T16:00:00Z', reason: 'asked' }])
    const named = await write([{ ...erased, reason: 'asked by a@b.example' }], [{ leaf: 3, role: 'series' }])
    assert.equal(named.written.redactions.erased[0]?.reason, 'asked by [scrubbed]')
  })

  it('has no verdict of what decodes to nothing, and holds it all the same', async () => {
    const { files } = await write([blob(0, { test_name: 'no_such_test' })], [{ leaf: 0, role: 'named' }])
    assert.ok(files.has('data/raw/0.json'))
    assert.equal(files.get('data/verdicts.jsonl'), '')
    assert.equal(files.get('data/observations.jsonl'), '')
  })

  it('writes what canonical JSON could not hold: lone surrogates in what a measurement says', async () => {
    const queries = [
      { hostname: 'a\ud800.example', query_type: 'A', t: 0.5, failure: null, answers: [], engine: 'system' },
    ]
    const { files } = await write([blob(0, document(0, { test_keys: { queries } }))], [{ leaf: 0, role: 'named' }])
    assert.match(files.get('data/observations.jsonl') ?? '', /"name":"a\ufffd\.example"/)
  })

  it('has no verdict of what a field of a wrong type makes unreadable, and holds it all the same', async () => {
    const { written, files } = await write([blob(0, document(0, { test_name: 5 }))], [{ leaf: 0, role: 'named' }])
    assert.ok(files.has('data/raw/0.json'))
    assert.equal(files.get('data/verdicts.jsonl'), '')
    assert.equal(written.counts.measurements, 1)
  })

  it('refuses what is no measurement, and one leaf twice', async () => {
    const entry = { kind: 'entry', entry: 'custody-event', leafIndex: 3, receivedAt: RECEIVED } as const
    const bytes = { salt: new Uint8Array(16), bytes: new Uint8Array() }
    await assert.rejects(write([{ ...entry, ...bytes }], [{ leaf: 3, role: 'named' }]), Fault)
    await assert.rejects(write([], [{ leaf: 9, role: 'named' }]), Fault)
    const twice = [
      { leaf: 3, role: 'named' },
      { leaf: 3, role: 'apart' },
    ] as const
    await assert.rejects(write([blob(3, document(3))], twice), Fault)
  })
})

describe('originClass()', () => {
  it('tells the standing of a sender, never its pseudonym or a name of a file', () => {
    assert.equal(originClass({ channel: 'collector', origin: 'known:3f2a90c1d2e4b5a6' }), 'known')
    assert.equal(originClass({ channel: 'collector', origin: 'something else' }), 'unsigned')
    assert.equal(originClass({ channel: 'file', origin: 'letter from a friend.json' }), 'file')
    assert.equal(originClass({ channel: 'ooni-bucket', origin: 'raw/2026/x.gz' }), 'bucket')
    assert.equal(originClass({ channel: 'simulator', origin: 'x' }), 'simulator')
  })
})
