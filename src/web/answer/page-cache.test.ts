import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis, instant } from '../../core/model/units.ts'
import { PageCache, type CacheLimits } from './page-cache.ts'

const LIMITS: CacheLimits = { ownBytes: 1e6, passingBytes: 60_000, places: 2, mostWaiting: 2 }
const body = (text: string): string => `${text} `.repeat(100)

/** A cache over a made-up site whose answers count up; the test moves the clock and says when an answer is ready. */
class Bench {
  time = 0
  version = 1
  readonly asked: string[] = []
  held: (() => void)[] | undefined
  answer = (key: string): Response => new Response(body(`${key} ${this.asked.length}`), { headers: HTML })
  readonly cache = new PageCache({
    render: async (key) => {
      this.asked.push(key)
      const answer = this.answer(key)
      const { held } = this
      if (held !== undefined) await new Promise<void>((resolve) => held.push(resolve))
      return answer
    },
    published: () => this.version,
    clock: { now: () => instant(0), monotonic: () => millis(this.time) },
    limits: LIMITS,
  })

  async get(key: string): Promise<string> {
    const held = this.cache.held(key)
    if (held !== undefined) return held.forms.identity.etag
    const answer = await this.cache.ask(key)
    return answer.kind === 'held' ? answer.forms.identity.etag : answer.kind
  }
}
const HTML = { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-cache' }

describe('PageCache', () => {
  it('asks once for all who wait, and not again while the answer is fresh', async () => {
    const bench = new Bench()
    const answers = await Promise.all(Array.from({ length: 20 }, () => bench.get('/kk/')))
    assert.equal(new Set(answers).size, 1)
    bench.time = 14_999
    assert.equal(await bench.get('/kk/'), answers[0])
    assert.deepEqual(bench.asked, ['/kk/'])
  })

  it('gives the old answer while the new one is made, and makes one wait where it is too old', async () => {
    const bench = new Bench()
    const first = await bench.get('/kk/')
    bench.time = 15_000
    bench.held = []
    assert.equal(await bench.get('/kk/'), first)
    assert.equal(await bench.get('/kk/'), first)
    assert.equal(bench.asked.length, 2)
    bench.held.forEach((go) => go())
    bench.held = undefined
    await bench.cache.settled()
    const second = await bench.get('/kk/')
    assert.notEqual(second, first)
    bench.time = 60_000
    assert.notEqual(await bench.get('/kk/'), second)
    assert.equal(bench.asked.length, 3)
  })

  it('remakes one page at a time, and more only where an old answer will soon be too old', async () => {
    const bench = new Bench()
    for (const path of ['/kk/about', '/ru/about', '/en/about']) await bench.get(path)
    bench.held = []
    bench.time = 61_000
    for (const path of ['/kk/about', '/ru/about', '/en/about']) await bench.get(path)
    assert.equal(bench.asked.length, 4)
    bench.time = 60_000 + 150_000
    for (const path of ['/ru/about', '/en/about']) await bench.get(path)
    assert.equal(bench.asked.length, 5) // two places in this cache
    bench.held.forEach((go) => go())
    bench.held = undefined
    await bench.cache.settled()
  })

  it('takes no answer for true that was made before a publication, nor one made while it was published', async () => {
    const bench = new Bench()
    const path = '/kk/i/youtube-as64500-20250115T1502Z'
    const first = await bench.get(path)
    bench.version = 2
    bench.held = []
    const waiting = bench.get(path)
    bench.version = 3
    bench.held.forEach((go) => go())
    bench.held = undefined
    const second = await waiting
    assert.notEqual(second, first)
    assert.notEqual(await bench.get(path), second)
    // What follows no publication stays.
    const asset = await bench.get('/assets/site.css')
    bench.version = 4
    bench.time = 1e9
    assert.equal(await bench.get('/assets/site.css'), asset)
  })

  it('asks half as often for what came out the same', async () => {
    const bench = new Bench()
    bench.answer = () => new Response(body('same'), { headers: HTML })
    await bench.get('/kk/about')
    for (const [at, asked] of [
      [59_000, 1],
      [60_000, 2],
      [179_000, 2],
      [180_000, 3],
      [400_000, 3],
    ] as const) {
      bench.time = at
      await bench.get('/kk/about')
      await bench.cache.settled()
      assert.equal(bench.asked.length, asked, `at ${at}`)
    }
  })

  it('holds no error, no redirect, nothing private and nothing that varies by reader', async () => {
    const bench = new Bench()
    const answers: readonly (() => Response)[] = [
      () => new Response('no', { status: 404, headers: HTML }),
      () => new Response(null, { status: 302, headers: { location: '/kk/' } }),
      () => new Response('mine', { headers: { ...HTML, 'cache-control': 'private, no-store' } }),
      () => new Response('mine', { headers: { ...HTML, vary: 'accept-language' } }),
      () => new Response('mine', { headers: { ...HTML, 'set-cookie': 'a=b' } }),
    ]
    for (const [nth, answer] of answers.entries()) {
      bench.answer = answer
      assert.equal(await bench.get('/kk/x'), 'passing', String(nth))
      assert.equal(bench.cache.held('/kk/x'), undefined)
    }
  })

  it('forgets what it held where the address is answered with an error', async () => {
    const bench = new Bench()
    await bench.get('/kk/s/youtube')
    bench.answer = () => new Response('broken', { status: 500 })
    bench.time = 61_000
    await bench.get('/kk/s/youtube') // begins to renew
    await bench.cache.settled()
    assert.equal(await bench.get('/kk/s/youtube'), 'passing')
  })

  it('hands on what is longer than it holds', async () => {
    const bench = new Bench()
    bench.answer = () => new Response('x'.repeat(2 ** 21 + 1), { headers: HTML })
    assert.equal(await bench.get('/api/v1/series.jsonl?service=youtube'), 'long')
  })

  it('sends readers away beyond its places and its row, and takes them again when there is room', async () => {
    const bench = new Bench()
    bench.held = []
    const first = Array.from({ length: 4 }, (_, i) => bench.get(`/kk/i/${i}`))
    assert.equal(await bench.get('/kk/i/4'), 'busy')
    assert.equal(bench.asked.length, 2)
    const joined = bench.get('/kk/i/0') // is being made: no one is sent away from it
    bench.held.forEach((go) => go())
    bench.held = undefined
    const answers = await Promise.all([...first, joined])
    assert.equal(answers[4], answers[0])
    assert.ok(!answers.includes('busy'))
    assert.notEqual(await bench.get('/kk/i/4'), 'busy')
  })

  it('keeps no one from the pages of the site while made-up addresses fill their own row', async () => {
    const bench = new Bench()
    bench.held = []
    const madeUp = Array.from({ length: 3 }, (_, i) => bench.get(`/kk/matrix?since=2026-01-01&until=2026-01-${i + 10}`))
    assert.equal(await bench.get('/kk/matrix?since=2026-01-01&until=2026-01-31'), 'busy')
    assert.equal(bench.asked.length, 1)
    const page = bench.get('/kk/')
    assert.deepEqual(bench.asked.at(-1), '/kk/')
    bench.held.at(-1)?.()
    assert.match(await page, /^"/)
    bench.time = 15_001
    await bench.get('/kk/')
    assert.equal(bench.asked.length, 3, 'and they are renewed meanwhile')
    bench.held.forEach((go) => go())
    bench.held = undefined
    await Promise.all([...madeUp, bench.cache.settled()])
  })

  it('gives a place back where an answer cannot be made', async () => {
    const bench = new Bench()
    bench.answer = () => {
      throw new Error('broken')
    }
    for (let i = 0; i < 5; i++) await assert.rejects(bench.get(`/kk/i/${i}`))
    bench.answer = () => new Response(body('well'), { headers: HTML })
    assert.match(await bench.get('/kk/i/9'), /^"/)
  })

  it('stays within its bytes, and made-up addresses take no page from memory', async () => {
    const bench = new Bench()
    const page = await bench.get('/kk/')
    for (let i = 0; i < 100; i++) await bench.get(`/kk/matrix?since=2026-01-01&until=2026-01-${i}`)
    assert.equal(await bench.get('/kk/'), page)
    const held = Array.from({ length: 100 }, (_, i) =>
      bench.cache.held(`/kk/matrix?since=2026-01-01&until=2026-01-${i}`),
    ).filter((one) => one !== undefined)
    const bytes = held.reduce((sum, { size }) => sum + size, 0)
    assert.ok(held.length > 1 && bytes <= LIMITS.passingBytes, `${held.length} answers, ${bytes} bytes`)
    assert.notEqual(bench.cache.held('/kk/matrix?since=2026-01-01&until=2026-01-99'), undefined)
  })
})
