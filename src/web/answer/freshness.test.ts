import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { parseAsn, parseSha256 } from '../../core/model/units.ts'
import { freshnessOf } from './freshness.ts'
import { urls } from '../../site/urls.ts'

const AS = parseAsn(9198)
const ID = parseSha256('ab'.repeat(32))
const INCIDENT = 'web:site.example-as9198-20260305T1502Z'

describe('freshnessOf()', () => {
  it('lets the first page and "is it only me?" be half a minute old at most, for every choice of a network', () => {
    for (const lang of LANGS)
      for (const key of [
        urls.check(lang, AS),
        `#${lang} ask foreign check`,
        urls.first(lang),
        urls.first(lang, AS),
        urls.first(lang, 'all'),
        `#${lang} ask foreign`,
      ]) {
        const { freshMs, staleMs, mostFreshMs, shelf } = freshnessOf(key, (asn) => asn === AS)
        assert.ok(freshMs + staleMs <= 30_000 && mostFreshMs === freshMs, key)
        assert.equal(shelf, 'own', key)
      }
  })

  it('voids the page, the text and the data of an incident with its next revision', () => {
    for (const key of [urls.incident('kk', INCIDENT), urls.incidentText('ru', INCIDENT), urls.apiIncident(INCIDENT)])
      assert.deepEqual(freshnessOf(key).follows, { incident: INCIDENT }, key)
    assert.equal(freshnessOf(urls.incident('kk', INCIDENT, { revision: '1' })).shelf, 'passing')
  })

  it('voids lists, feeds and corrections with the next publication', () => {
    for (const lang of LANGS)
      for (const key of [urls.incidents(lang), urls.corrections(lang), urls.claims(lang), urls.feed(lang)])
        assert.equal(freshnessOf(key).follows, 'journal', key)
    assert.equal(freshnessOf(urls.apiIncidents()).follows, 'journal')
  })

  it('voids every page that says something of incidents with the next publication, so that no two differ for minutes', () => {
    for (const lang of LANGS)
      for (const key of [
        ...[urls.service(lang, 'youtube'), urls.network(lang, AS), urls.series(lang, 'youtube', AS)],
        ...[urls.matrix(lang), urls.plain(lang, 'chronicle')],
      ])
        assert.equal(freshnessOf(key).follows, 'journal', key)
  })

  it('shows no measurement that may be erased for longer than ten seconds', () => {
    for (const key of [urls.measurement('kk', ID), urls.measurementJson(ID), urls.apiMeasurement(ID)]) {
      const { freshMs, staleMs, mostFreshMs, shelf } = freshnessOf(key)
      assert.deepEqual([freshMs, staleMs, mostFreshMs, shelf], [10_000, 0, 10_000, 'passing'], key)
    }
  })

  it('holds charts as files as long as share cards, and takes no lasting place for them', () => {
    const card = freshnessOf(urls.incidentCard('kk', INCIDENT, 1))
    for (const form of ['png', 'svg'] as const)
      assert.deepEqual(freshnessOf(urls.incidentChart('kk', INCIDENT, 1, form)), card)
    assert.deepEqual(freshnessOf('/chart/kk/explore.svg?service=youtube'), card)
  })

  it('lets no address with a query of a reader take a page out of memory', () => {
    const days = { since: '2026-01-01', until: '2026-01-31' }
    for (const key of [
      urls.matrix('kk', days),
      urls.series('kk', 'youtube', AS, days),
      '/kk/about?x=1',
      '/kk/?network=x',
    ])
      assert.equal(freshnessOf(key).shelf, 'passing', key)
    for (const page of PLAIN_PAGES) assert.equal(freshnessOf(urls.plain('en', page)).shelf, 'own', page)
  })

  it('lets no made-up network, and no feed or embedded page of a made-up name, take a page out of memory', () => {
    const key = urls.first('kk', AS)
    assert.equal(freshnessOf(key, () => false).shelf, 'passing')
    assert.equal(freshnessOf(key).shelf, 'passing')
    assert.equal(freshnessOf('/kk/?network=AS9999999999', () => true).shelf, 'passing')
    for (const topic of [{ service: 'web:made-up.example' }, { asn: AS }])
      for (const address of [urls.feed('kk', topic), urls.embed('ru', topic)])
        assert.equal(freshnessOf(address, () => true).shelf, 'passing', address)
    assert.equal(freshnessOf(urls.feed('kk')).shelf, 'own')
  })

  it('keeps a file of the site as long as the server runs', () => {
    assert.equal(freshnessOf(urls.asset('site.css', 'tag')).freshMs, Infinity)
  })
})
