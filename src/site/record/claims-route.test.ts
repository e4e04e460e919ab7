import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import type { ClaimReason, JudgedClaim } from '../../core/model/incident/claim.ts'
import type { ClaimFinding } from '../../core/model/tables/record.ts'
import { instant } from '../../core/model/units.ts'
import { loadRecord, type OutsideRecord } from '../../runtime/tables/record.ts'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { addClaimPages } from './claims-route.ts'
import { urls } from '../urls.ts'

const NAMES = { services: [{ id: 'youtube', name: 'YouTube' }], networkName: () => undefined }
const record = loadRecord()

/** The page over a record, every claim answered alike. */
async function read(
  lang: (typeof LANGS)[number],
  more: Partial<OutsideRecord> = {},
  answer: readonly [ClaimFinding, ClaimReason] = ['no-data', 'not-watched'],
  query = '',
  frame: Frame = PLAIN_FRAME,
): Promise<string> {
  const site = new Hono()
  site.onError((error) => {
    throw error
  })
  addClaimPages(site, {
    frame,
    record: { ...record, ...more },
    incidents: { current: () => Promise.resolve([]) },
    names: NAMES,
    coverage: () => Promise.resolve([]),
    judge: (statements) =>
      statements.flatMap(({ id, claims }) =>
        claims.map((claim): JudgedClaim => ({
          statement: id,
          claim: claim.id,
          finding: answer[0],
          reason: answer[1],
          period: { from: instant(0), until: instant(1) },
          incidents: [],
        })),
      ),
  })
  const response = await site.request(`${urls.claims(lang)}${query}`)
  assert.equal(response.status, 200)
  return response.text()
}

describe('the page of claims', () => {
  it('is shown in three languages, whole without scripts and without styles of its own', async () => {
    for (const lang of LANGS) {
      const page = await read(lang)
      assert.match(page, new RegExp(`<html lang="${lang}"`))
      assert.doesNotMatch(page, /<script|<style|style="|onclick|<img/)
      for (const { id } of record.statements) assert.ok(page.includes(`id="s-${id}"`), id)
    }
  })

  it('says of a claim what was found and why', async () => {
    const page = await read('kk', {}, ['contradicted', 'cause-blocking'])
    assert.ok(
      page.includes('Өлшемге қайшы келеді') &&
        page.includes('Өлшенген оқиғалардың белгілері бұғаттауға көбірек ұқсайды.'),
    )
    assert.ok(!page.includes('Бұл кезеңде өлшем болмаған'))
  })

  it('marks every source that has not been read, and no other', async () => {
    const page = await read('en')
    const sources = record.statements.map(({ source }) => source)
    assert.equal(page.split('not checked yet').length - 1, sources.filter(({ checked }) => !checked).length)
  })

  it('says of a statement whose source has not been read that nothing was compared', async () => {
    const page = await read('en')
    const bare = record.statements.filter(({ claims }) => claims.length === 0)
    const unread = bare.filter(({ source }) => !source.checked).length
    assert.equal(page.split('Not compared: the source has not been read yet.').length - 1, unread)
    assert.equal(page.split('Nothing here can be tested by measurement.').length - 1, bare.length - unread)
  })

  it('shows those of one kind of speaker alone, and offers the kinds that have spoken', async () => {
    const page = await read('en', {}, undefined, '?speaker=operator')
    for (const { id, speaker } of record.statements)
      assert.equal(page.includes(`id="s-${id}"`), speaker === 'operator', id)
    assert.ok(page.includes('href="/en/claims?speaker=expert"') && !page.includes('speaker=platform'))
    assert.ok(page.includes('hreflang="kk" href="/kk/claims?speaker=operator"'))
  })

  it('offers no choice in a copy, where no server answers', async () => {
    const page = await read('en', {}, undefined, '', { ...PLAIN_FRAME, medium: 'mirror' })
    assert.ok(!page.includes('?speaker='))
  })

  it('refuses a speaker or a part of the query that it does not know', async () => {
    for (const query of ['?speaker=%3Cb%3E', '?speaker=', '?who=official', '?speaker=official&x=1'])
      await assert.rejects(read('en', {}, undefined, query), { name: 'InputError' }, query)
  })

  it('says on its first line that a simulated record is simulated', async () => {
    assert.match(await read('kk', { simulated: true }), /class="sim"/)
    assert.doesNotMatch(await read('kk'), /class="sim"/)
  })

  it('shows markup of a record as text', async () => {
    const [first] = record.statements
    assert.ok(first)
    const hostile = { ...first, summary: { kk: '<b>x</b>', ru: '<b>x</b>', en: '<b>x</b>' } }
    const page = await read('en', { statements: [hostile] })
    assert.ok(page.includes('&lt;b&gt;x&lt;/b&gt;') && !page.includes('<b>x</b>'))
  })
})
