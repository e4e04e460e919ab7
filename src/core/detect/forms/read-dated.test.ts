import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../../model/errors.ts'
import { readDated } from './read-dated.ts'

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString().slice(0, 10)

describe('readDated() of OONI', () => {
  const count = (number: number, failed: number) => ({
    anomaly_count: failed,
    confirmed_count: 0,
    failure_count: 1,
    ok_count: 10 - failed,
    measurement_count: 11,
    measurement_start_day: day(number),
    probe_asn: 64496,
    domain: 'www.youtube.com',
  })

  it('keeps the share of every counted day and says which day it was', () => {
    const { form, series, rejects } = readDated(JSON.stringify({ v: 0, result: [count(2, 5), count(1, 0)] }), 'x.json')
    assert.equal(form, 'ooni-aggregation')
    assert.deepEqual(rejects, [])
    assert.equal(series.length, 1)
    assert.deepEqual([series[0]?.service, series[0]?.network], ['www.youtube.com', 'AS64496'])
    assert.deepEqual(series[0]?.buckets, [
      { from: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) },
      { from: Date.UTC(2026, 0, 2), until: Date.UTC(2026, 0, 3) },
    ])
    const failedOn = (number: number): number =>
      series[0]!.readings.filter(({ at, target }) => target === 'fail' && new Date(at).getUTCDate() === number).length
    assert.deepEqual([failedOn(1), failedOn(2)], [0, 5])
  })

  it('sets one bad row aside, counted, and never the file', () => {
    const rows = [count(1, 0), { ...count(2, 0), ok_count: 'many' }, { ...count(3, 0), measurement_count: 1 }, 7]
    const { series, rejects } = readDated(JSON.stringify({ result: rows }), 'x.json')
    assert.deepEqual(
      rejects.map(({ place }) => place),
      ['row 4', 'row 2', 'row 3'],
    )
    assert.equal(series[0]?.readings.length, 10)
  })

  it('refuses counts that have no time', () => {
    const { measurement_start_day: _, ...whole } = count(1, 0)
    assert.throws(() => readDated(JSON.stringify({ result: [whole] }), 'x.json'), InputError)
  })

  it('reads the same counts as CSV', () => {
    const text = `anomaly_count,confirmed_count,failure_count,measurement_count,measurement_start_day,ok_count\n1,0,0,4,2026-01-01T05:00:00Z,3\n`
    const { form, series } = readDated(text, 'twitter.csv')
    assert.equal(form, 'ooni-aggregation')
    assert.deepEqual(series[0]?.buckets, [{ from: Date.UTC(2026, 0, 1, 5), until: Date.UTC(2026, 0, 1, 6) }])
    assert.equal(series[0]?.service, 'twitter')
  })

  const listed = (hour: number, more: object) => ({
    anomaly: false,
    confirmed: false,
    failure: false,
    input: 'https://www.youtube.com/',
    measurement_start_time: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(),
    probe_asn: 'AS64496',
    probe_cc: 'KZ',
    report_id: `r${hour}`,
    scores: {},
    test_name: 'web_connectivity',
    ...more,
  })

  it('reads a listing as JSON, JSON lines and CSV of a database', () => {
    const rows = [
      listed(1, {}),
      listed(2, { anomaly: true }),
      listed(3, { confirmed: true }),
      listed(4, { failure: true }),
    ]
    const expected = ['ok', 'fail', 'fail', 'none']
    const csv = `measurement_start_time,probe_asn,test_name,input,report_id,anomaly,confirmed,msm_failure\n${[
      '2026-01-01 01:00:00,64496,web_connectivity,https://www.youtube.com/,r1,f,f,f',
      '2026-01-01 02:00:00,64496,web_connectivity,https://www.youtube.com/,r2,t,f,f',
      '2026-01-01 03:00:00,64496,web_connectivity,https://www.youtube.com/,r3,t,t,f',
      '2026-01-01 04:00:00,64496,web_connectivity,https://www.youtube.com/,r4,f,f,t',
    ].join('\n')}\n`
    for (const text of [
      JSON.stringify({ metadata: {}, results: rows }),
      rows.map((row) => JSON.stringify(row)).join('\n'),
      csv,
    ]) {
      const { form, series } = readDated(text, 'listing')
      assert.equal(form, 'ooni-listing')
      assert.deepEqual(
        series[0]?.readings.map(({ target }) => target),
        expected,
      )
      assert.equal(series[0]?.network, 'AS64496')
      assert.equal(series[0]?.service, 'www.youtube.com')
    }
  })

  it('names a test without an address by its name', () => {
    const { series } = readDated(JSON.stringify({ results: [listed(1, { input: null, test_name: 'telegram' })] }), 'x')
    assert.equal(series[0]?.service, 'telegram')
  })

  const analysed = (more: object) => ({
    domain: 'example.org',
    input: 'https://example.org/',
    probe_asn: 64496,
    measurement_start_time: '2026-01-01 00:00:00',
    measurement_uid: 'u',
    dns_blocked: 0,
    dns_down: 0,
    dns_ok: 1,
    tcp_blocked: 0,
    tcp_down: 0,
    tcp_ok: 1,
    tls_blocked: 0,
    tls_down: 0,
    tls_ok: 0,
    top_tls_failure: null,
    ...more,
  })

  it('reads rows of the analysis: a valid handshake opens also where DNS is odd, a connection alone does not', () => {
    const rows = [
      analysed({ tls_ok: 1, dns_ok: 0, dns_blocked: 0.75 }),
      analysed({ tls_blocked: 0.8, tls_down: 0.2, top_tls_failure: 'connection_reset' }),
      analysed({ tls_blocked: 0.2, tls_down: 0.8 }),
      analysed({}),
      analysed({ input: 'http://example.org/' }),
      analysed({ tls_blocked: 'x' }),
    ]
    const { form, series, rejects } = readDated(JSON.stringify(rows), 'x.json')
    assert.equal(form, 'ooni-analysis')
    assert.deepEqual(
      series[0]?.readings.map(({ target, control, mechanism }) => [target, control, mechanism]),
      [
        ['ok', 'none', undefined],
        ['fail', 'none', 'tls.reset'],
        ['fail', 'fail', undefined],
        ['none', 'none', undefined],
        ['ok', 'none', undefined],
      ],
    )
    assert.deepEqual(
      rejects.map(({ place }) => place),
      ['row 6'],
    )
  })
})

describe('readDated() of levels', () => {
  const FROM = Date.UTC(2026, 0, 1) / 1000

  it('reads signals of IODA, raw and normalised, and leaves what was not measured out', () => {
    const signal = (values: readonly (number | null)[]) => ({
      entityType: 'country',
      entityCode: 'KZ',
      datasource: 'bgp',
      subtype: '',
      from: FROM,
      until: FROM + 900,
      step: 300,
      nativeStep: 300,
      values,
    })
    for (const data of [[[signal([100, null, 90])]], [signal([100, null, 90])]]) {
      const { form, levels } = readDated(JSON.stringify({ type: 'signals', data }), 'x.json')
      assert.equal(form, 'ioda-signals')
      assert.deepEqual(levels, [
        {
          source: 'ioda',
          signal: 'bgp',
          place: 'KZ',
          points: [
            { at: FROM * 1000, value: 100 },
            { at: (FROM + 600) * 1000, value: 90 },
          ],
        },
      ])
    }
  })

  it('sets a signal without numbers aside and reads the others', () => {
    const good = {
      entityType: 'asn',
      entityCode: '64496',
      datasource: 'gtr-norm',
      from: FROM,
      step: 1800,
      values: [1, 2],
    }
    const bad = { ...good, datasource: 'ping-slash24-loss', values: [[{ agg: {} }]] }
    const { levels, rejects } = readDated(JSON.stringify({ data: [[bad, good, 3]] }), 'x.json')
    assert.deepEqual(
      levels.map(({ place, signal }) => `${place} ${signal}`),
      ['AS64496 gtr-norm'],
    )
    assert.equal(rejects.length, 2)
  })

  it('reads Cloudflare Radar, and refuses values that are not in proportion', () => {
    const result = (normalization: string) => ({
      success: true,
      result: {
        meta: { normalization, units: [{ name: '*', value: 'requests' }] },
        serie_0: { timestamps: ['2026-01-01T00:00:00Z', '2026-01-01T00:15:00Z'], values: ['0.5', 'x'] },
      },
    })
    const { form, levels, rejects } = readDated(JSON.stringify(result('MIN0_MAX')), 'x.json')
    assert.equal(form, 'radar-timeseries')
    assert.deepEqual(levels[0]?.points, [{ at: FROM * 1000, value: 0.5 }])
    assert.equal(rejects.length, 1)
    assert.equal(readDated(JSON.stringify(result('MIN_MAX')), 'x.json').levels.length, 0)
  })

  it('reads Google’s answer and tables with a column for each country', () => {
    const google = `)]}'\n\n[["ttf",[[${FROM * 1000},[[21,0.4]]],[${FROM * 1000 + 1_800_000},[[21,0.3]]]]]]`
    const { form, levels } = readDated(google, 'KZ.json')
    assert.equal(form, 'google-traffic')
    assert.deepEqual(
      levels[0]?.points.map(({ value }) => value),
      [0.4, 0.3],
    )
    const more = [10, 11, 12, 13].map((hour) => `2026-01-01T${hour}:00Z,1,2\n`).join('')
    const table = readDated(`time,KZ,UZ\n2026-01-01T00:30Z,,3\n2026-01-01T01:00Z,bad,4\n${more}`, 'web.csv')
    assert.equal(table.form, 'level-table')
    assert.deepEqual(
      table.levels.map(({ place, signal, points }) => [place, signal, points.length]),
      [
        ['UZ', 'web', 6],
        ['KZ', 'web', 4],
      ],
    )
    assert.equal(table.rejects.length, 1)
  })

  it('leaves our own tables as they were', () => {
    assert.equal(readDated('at_utc,outcome\n2026-01-01,ok\n', 'x.csv').form, 'series')
    assert.throws(() => readDated('{"a":1}', 'x.json'), InputError)
  })
})
