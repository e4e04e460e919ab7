import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { knownOutages } from '../../core/model/tables/others.ts'
import { parseAsn } from '../../core/model/units.ts'
import { readOutageTable } from './ioda-table.ts'
import { loadOthers } from './others.ts'
import type { OthersOptions } from './others-answer.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-others-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const options: OthersOptions = {
  serviceOf: ({ host, test }) =>
    host?.endsWith('youtube.com') === true ? 'youtube' : test === 'telegram' ? 'telegram' : undefined,
  country: { code: 'KZ', name: 'Kazakhstan' },
}
const entry = (form: string, file: string, more: object = {}): object => ({
  file,
  form,
  title: 'An answer',
  retrieved: '2026-03-07',
  since: '2026-03-05',
  until: '2026-03-06',
  ...more,
})
const lay = (files: readonly object[], bodies: Readonly<Record<string, unknown>>): ReturnType<typeof loadOthers> => {
  writeFileSync(join(folder, 'others.json'), JSON.stringify({ simulated: false, files }))
  for (const [name, body] of Object.entries(bodies))
    writeFileSync(join(folder, name), typeof body === 'string' ? body : JSON.stringify(body))
  return loadOthers(folder, options)
}
const counts = { anomaly_count: 7, confirmed_count: 0, failure_count: 1, ok_count: 4, measurement_count: 12 }
const row = { measurement_start_day: '2026-03-05', probe_asn: 'AS64500', domain: 'www.youtube.com', ...counts }
const refused = (make: () => unknown): InputError => {
  try {
    make()
  } catch (error) {
    assert.ok(error instanceof InputError)
    return error
  }
  throw new Error('nothing was refused')
}

describe('loadOthers()', () => {
  it('gives nothing for a folder without a list, and refuses a list with a file that is not there', () => {
    assert.equal(loadOthers(join(folder, 'none'), options), undefined)
    assert.match(refused(() => lay([entry('ooni-aggregation', 'gone.json')], {})).message, /gone\.json.*no such file/)
  })

  it('reads counts of OONI by service and network, and leaves out what is no service of ours', () => {
    const found = lay([entry('ooni-aggregation', 'a.json', { url: 'https://api.ooni.io/api/v1/aggregation' })], {
      'a.json': { v: 0, dimension_count: 2, result: [row, { ...row, domain: 'example.org' }] },
    })
    const [part] = found?.parts ?? []
    assert.ok(part?.kind === 'ooni')
    assert.equal(part.retrieved, '2026-03-07')
    assert.deepEqual(part.counts, [
      {
        service: 'youtube',
        asn: 64500,
        from: Date.parse('2026-03-05'),
        until: Date.parse('2026-03-06'),
        anomaly: 7,
        confirmed: 0,
        failure: 1,
        ok: 4,
        total: 12,
      },
    ])
  })

  it('takes what a query was restricted to from the list, and a row without a day for all its days', () => {
    const { measurement_start_day: _, probe_asn: __, domain: ___, ...bare } = row
    const found = lay([entry('ooni-aggregation', 'b.json', { test: 'telegram', network: 'AS64501' })], {
      'b.json': { result: [bare] },
    })
    const [part] = found?.parts ?? []
    assert.ok(part?.kind === 'ooni')
    assert.deepEqual([part.onlyService, part.onlyAsn], ['telegram', 64501])
    assert.deepEqual([part.counts[0]?.service, part.counts[0]?.asn], ['telegram', 64501])
    assert.equal(part.counts[0]?.until, Date.parse('2026-03-07'))
  })

  it('counts single measurements of OONI by the strongest statement on each', () => {
    const one = { measurement_start_time: '2026-03-05T15:30:00Z', probe_asn: 64500, test_name: 'web_connectivity' }
    const found = lay([entry('ooni-measurements', 'c.json')], {
      'c.json': {
        metadata: {},
        results: [
          { ...one, input: 'https://www.youtube.com/', anomaly: true, confirmed: false, failure: false },
          { ...one, input: 'https://www.youtube.com/', anomaly: true, confirmed: true, failure: false },
          { ...one, input: 'https://example.org/', anomaly: true, confirmed: false, failure: false },
        ],
      },
    })
    const [part] = found?.parts ?? []
    assert.ok(part?.kind === 'ooni')
    assert.deepEqual(
      part.counts.map(({ anomaly, confirmed }) => [anomaly, confirmed]),
      [
        [1, 0],
        [0, 1],
      ],
    )
  })

  it('reads outages of IODA for the country and for networks, and no other country', () => {
    const outage = { start: 1_772_722_800, duration: 3600, datasource: 'bgp' }
    const found = lay([entry('ioda-events', 'd.json')], {
      'd.json': { data: ['country/KZ', 'country/SY', 'asn/64500'].map((location) => ({ location, ...outage })) },
    })
    const [part] = found?.parts ?? []
    assert.ok(part?.kind === 'outages' && part.by === 'ioda')
    assert.deepEqual(
      part.outages.map(({ entity }) => entity.kind),
      ['country', 'network'],
    )
    assert.equal(part.outages[0]?.until, (1_772_722_800 + 3600) * 1000)
  })

  it('sets a row aside that is not as described, counted, and never the file', () => {
    const file = (form: string, body: unknown) => lay([entry(form, 'e.json')], { 'e.json': body })?.parts[0]
    const counted = file('ooni-aggregation', {
      result: [row, { ...row, ok_count: -1 }, { ...row, measurement_count: 3 }, { ...row, probe_asn: 'ASx' }, 7],
    })
    assert.ok(counted?.kind === 'ooni')
    assert.deepEqual([counted.counts.length, counted.setAside], [1, 4])
    const outage = { location: 'country/KZ', start: 1_772_722_800, duration: 3600 }
    const seen = file('ioda-events', { data: [outage, { ...outage, start: 'soon' }, null] })
    assert.ok(seen?.kind === 'outages')
    assert.deepEqual([seen.outages.length, seen.setAside], [1, 2])
  })

  it('names the file of everything else that is not as described', () => {
    const files = [entry('ooni-aggregation', 'e.json')]
    const bad = (result: unknown): string => refused(() => lay(files, { 'e.json': { result } })).message
    assert.match(bad('no list'), /"e\.json", \/result/)
    assert.match(refused(() => lay(files, { 'e.json': '{' })).message, /"e\.json"/)
    assert.match(refused(() => lay([{ ...entry('ooni', 'e.json') }], {})).message, /others\.json.*form/)
    assert.match(refused(() => lay([entry('ooni-aggregation', '../e.json')], {})).message, /others\.json.*file/)
    const changed = [entry('ooni-aggregation', 'e.json', { sha256: '0'.repeat(64) })]
    assert.match(refused(() => lay(changed, { 'e.json': { result: [] } })).message, /not those that were received/)
  })

  it('reads annotations of Radar: the country, networks by number, nothing of elsewhere, and no cause', () => {
    const one = {
      startDate: '2026-03-05T10:00:00Z',
      endDate: '2026-03-05T12:00:00Z',
      locations: ['KZ'],
      asns: [],
      outage: { outageType: 'NATIONWIDE', outageCause: 'GOVERNMENT_DIRECTED' },
    }
    const annotations = [
      one,
      { ...one, asns: [64_500], outage: { outageType: 'NETWORK' }, endDate: null },
      { ...one, locations: ['SY'] },
      { ...one, startDate: 'soon' },
    ]
    const [part] = lay([entry('radar-outages', 'r.json')], { 'r.json': { result: { annotations } } })?.parts ?? []
    assert.ok(part?.kind === 'outages' && part.by === 'radar')
    assert.deepEqual(part.outages, [
      { entity: { kind: 'country' }, from: Date.parse(one.startDate), until: Date.parse(one.endDate) },
      { entity: { kind: 'network', asn: 64_500 }, from: Date.parse(one.startDate) },
    ])
    assert.equal(part.setAside, 1)
  })

  it('gives outages of the country and of one network as spans to mask, and none without an end', () => {
    const outage = { start: 1_772_722_800, duration: 3600 }
    const data = ['country/KZ', 'asn/64500', 'asn/64501', 'region/1'].map((location) => ({ location, ...outage }))
    const found = lay([entry('ioda-events', 'd.json')], { 'd.json': { data } })
    assert.deepEqual(
      knownOutages(found, parseAsn(64_500)).map(({ from, until }) => [from, until - from]),
      [
        [1_772_722_800_000, 3_600_000],
        [1_772_722_800_000, 3_600_000],
      ],
    )
    assert.deepEqual(knownOutages(undefined, parseAsn(64_500)), [])
  })
})

describe('readOutageTable()', () => {
  const head = 'ID,Begin time,End time,Country,IODA BGP visible by human,Scope (based on),Region,AS,Cause'
  const aside: string[] = []
  const problems = {
    refuse: (line: number, found: string) => new InputError(found, { code: 'x', path: `${line}`, expected: '' }),
    setAside: (line: number, found: string) => void aside.push(`line ${line}: ${found}`),
  }
  const read = (...lines: readonly string[]): ReturnType<typeof readOutageTable> =>
    readOutageTable([head, ...lines].join('\n'), 'Kazakhstan', problems)

  it('reads both ways in which times are written, and an outage without an end', () => {
    const found = read(
      'A,"Tuesday, April 7, 2020, 6:20:00 AM","Wednesday, April 8, 2020, 7:20 PM",Kazakhstan,TRUE,Region (X),,,Exams',
      'B,4/3/2020  15:15:00 PM,N/A,Kazakhstan,TRUE,Country,,,',
      'C,nonsense,nonsense,Elsewhere,TRUE,Country,,,',
    )
    assert.deepEqual(
      found.map(({ entity, from, until }) => [entity.kind, new Date(from).toISOString(), until]),
      [
        ['region', '2020-04-07T06:20:00.000Z', Date.parse('2020-04-08T19:20:00Z')],
        ['country', '2020-04-03T15:15:00.000Z', undefined],
      ],
    )
  })

  it('sets a line aside whose time is none, and refuses a table without its columns', () => {
    aside.length = 0
    assert.equal(
      read('A,tomorrow,N/A,Kazakhstan,TRUE,Country,,,', 'B,4/3/2020  15:15:00 PM,,Kazakhstan,,Country,,,').length,
      1,
    )
    assert.deepEqual(aside, ['line 2: "tomorrow" is no time'])
    assert.throws(() => readOutageTable('a,b', 'Kazakhstan', problems), /no column/)
  })

  it('reads a table of the published form, and the published one where it is there', () => {
    const published = join(PACKAGE_ROOT, '../shared/data/ioda/ioda_investigated_outages.csv')
    const columns = ['IODA AP visible by human', ' IODA IBR visible by human', 'Confirmation Status', 'Notes', '', '']
    const own = `\ufeff${head},${columns.join(',')}\r\n${[
      'A,"Monday, January 3, 2022, 1:00:00 AM","Monday, January 3, 2022, 5:00:00 AM",Elsewhere,N/A,Country,,,Unknown,N/A,N/A,"a, b",,,',
      'B,"Wednesday, January 5, 2022, 10:30:00 AM",N/A,Kazakhstan,TRUE,Country,,,"Government, ordered",TRUE,TRUE,,"two\nlines",,',
    ].join('\r\n')}\r\n`
    for (const text of [own, ...(existsSync(published) ? [readFileSync(published, 'utf8')] : [])]) {
      aside.length = 0
      const found = readOutageTable(text, 'Kazakhstan', problems)
      assert.deepEqual([found.length, aside], [1, []])
    }
  })
})
