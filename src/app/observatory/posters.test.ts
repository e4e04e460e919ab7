import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPress } from '../../documents/typst/compile.ts'
import { openPosters } from './posters.ts'

const press = await openPress()

describe('the posters of a site', { skip: 'missing' in press && `needs ${press.missing}` }, () => {
  it('are printed in a thread when they are asked for, each once', async () => {
    const poster = openPosters()
    const [first, again] = [
      poster('kk', 'https://kuager.example/kk/join'),
      poster('kk', 'https://kuager.example/kk/join'),
    ]
    assert.equal(first, again)
    const [kk, en] = [await first, await poster('en', 'https://kuager.example/en/join')]
    assert.equal(Buffer.from(kk ?? []).toString('latin1', 0, 5), '%PDF-')
    assert.notDeepEqual(kk, en)
  })
})
