import assert from 'node:assert/strict'
import { PerformanceObserver } from 'node:perf_hooks'
import { describe, it } from 'node:test'
import { collectGarbage, openYoungCollector } from './collect-garbage.ts'

describe('collectGarbage()', () => {
  it('lets go of what is no longer held, and of nothing else', async () => {
    const held = { name: 'held' }
    const [kept, dropped] = [new WeakRef(held), new WeakRef({ name: 'dropped' })]
    // What was made in this turn is held until it ends.
    await collectGarbage()
    await collectGarbage()
    assert.equal(dropped.deref(), undefined)
    assert.equal(kept.deref(), held)
  })
})

describe('openYoungCollector()', () => {
  /** Collections during fifty moments at which the function is called. */
  async function collections(mostBytes: number): Promise<number> {
    const collectYoung = openYoungCollector(mostBytes)
    let seen = 0
    const observer = new PerformanceObserver((list) => (seen += list.getEntries().length))
    observer.observe({ entryTypes: ['gc'] })
    for (let moment = 0; moment < 50; moment++) collectYoung()
    await new Promise((resolve) => setTimeout(resolve, 100))
    observer.disconnect()
    return seen
  }

  it('collects where more was made than the bytes given, and not otherwise', async () => {
    await collectGarbage()
    assert.ok((await collections(2 ** 40)) < 10)
    assert.ok((await collections(0)) >= 40)
  })
})
