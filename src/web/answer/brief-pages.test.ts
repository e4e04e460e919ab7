import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { instant, millis } from '../../core/model/units.ts'
import { BriefPages } from './brief-pages.ts'

/** Pages whose names count, over a clock that is moved by hand. */
function opened(typed = 0): {
  readonly brief: BriefPages<string>
  readonly post: (text: string, part?: string) => Promise<string>
  readonly wait: (ms: number) => void
} {
  let made = 0
  let passed = 0
  const clock = { now: () => instant(passed), monotonic: () => millis(passed) }
  const random = (bytes: number): Uint8Array => {
    const name = new Uint8Array(bytes)
    new DataView(name.buffer).setUint32(0, made++)
    return name
  }
  const brief = new BriefPages<string>({ clock, random, addressOf: (name) => `/brief/${name}` })
  const app = new Hono()
  app.post('/', async (c) => {
    const part = c.req.query('part')
    return brief.answer(c, await c.req.text(), part === 'none' ? undefined : { typed, part })
  })
  const post = async (text: string, part?: string): Promise<string> => {
    const answer = await app.request(part === undefined ? '/' : `/?part=${part}`, { method: 'POST', body: text })
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [303, 'no-store'])
    return answer.headers.get('location')?.slice('/brief/'.length) ?? ''
  }
  return { brief, post, wait: (ms) => (passed += ms) }
}

describe('BriefPages', () => {
  it('leads to a page that stands for two minutes', async () => {
    const { brief, post, wait } = opened()
    const name = await post('typed')
    wait(119_999)
    assert.equal(brief.find(name), 'typed')
    wait(1)
    assert.equal(brief.find(name), undefined)
    for (const none of ['', '__proto__', 'a'.repeat(22), `${name}x`]) assert.equal(brief.find(none), undefined)
  })

  it('holds no more than it may: the oldest goes', async () => {
    const { brief, post } = opened(2 ** 22)
    const names = []
    for (const text of ['1', '2', '3', '4', '5']) names.push(await post(text, `part ${text}`))
    assert.deepEqual(
      names.map((name) => brief.find(name)),
      [undefined, '2', '3', '4', '5'],
    )
  })

  it('lets a flood push out its own pages alone', async () => {
    const { brief, post, wait } = opened(2 ** 20)
    const person = await post('person', 'home')
    const names = []
    for (let nth = 0; nth < 40; nth++) names.push(await post(String(nth), 'flood'))
    assert.equal(brief.find(person), 'person')
    assert.deepEqual(
      names.flatMap((name) => brief.find(name) ?? []),
      ['36', '37', '38', '39'],
    )
    const receipt = await post('receipt', 'none')
    // Through the onion service, say: no one there can be distinguished.
    const unknown = []
    for (let nth = 0; nth < 40; nth++) unknown.push(await post(String(nth)))
    assert.deepEqual([brief.find(person), brief.find(receipt)], ['person', 'receipt'])
    assert.deepEqual(
      unknown.flatMap((name) => brief.find(name) ?? []),
      ['36', '37', '38', '39'],
    )
    wait(120_000)
    const again = await post('again', 'flood')
    assert.deepEqual([brief.find(person), brief.find(again)], [undefined, 'again'])
  })
})
