import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setAside } from '../../core/ooni/decode/aside.ts'
import { judgedOnce } from './judged-once.ts'

const form = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('judgedOnce()', () => {
  it('judges a form that is asked for twice once, and gives both times the same', async () => {
    const asked: string[] = []
    const judge = judgedOnce(async (bytes) => {
      asked.push(new TextDecoder().decode(bytes))
      return setAside('no-test-name')
    })
    const first = await Promise.all(['a', 'b', 'c'].map((text) => judge(form(text))))
    const again = await Promise.all(['a', 'b', 'c'].map((text) => judge(form(text))))
    assert.deepEqual(asked, ['a', 'b', 'c'])
    for (const [at, one] of first.entries()) assert.equal(again[at], one)
  })

  it('keeps no more than there is room for, and has the room again of what was asked for', async () => {
    let judged = 0
    const judge = judgedOnce(async () => {
      judged++
      return setAside('no-test-name')
    }, 4)
    for (const text of ['aa', 'bb', 'cc', 'aa', 'cc', 'cc']) await judge(form(text))
    // Of `cc` the first found no room, the second had that of `aa`.
    assert.equal(judged, 4)
  })

  it('lets through what judging throws, each time', async () => {
    const judge = judgedOnce(async () => {
      throw new RangeError('unread')
    })
    for (let i = 0; i < 2; i++) await assert.rejects(judge(form('a')), RangeError)
  })
})
