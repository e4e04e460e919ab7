import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { siteCards } from './cards.ts'

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" font-family="Kuager Sans"><text x="2" y="16" font-size="16">Қә</text></svg>'

describe('cards of a served folder', () => {
  it('are drawn in a thread, with the bytes that the renderer gives in this one', async () => {
    const closing: AsyncDisposable[] = []
    const cards = await siteCards((what) => closing.push(what))
    assert.ok(cards !== undefined)
    assert.equal(closing.length, 0, 'no thread before the first card')
    const [first, second] = await Promise.all([cards.raster(SVG), cards.raster(SVG)])
    assert.deepEqual(first, second)
    assert.deepEqual(first, await openCardMaker().raster(SVG))
    assert.equal(closing.length, 1)
    await assert.rejects(cards.raster('<svg'), /SVG/)
    assert.deepEqual(await cards.raster(SVG), first, 'a broken drawing does not end the thread')
    for (const one of closing) await one[Symbol.asyncDispose]()
  })
})
