import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openDerivedFolder, rederiveBundled, type DerivedFolder } from '../../test/kit/derived-folder.ts'

const EVENING = ['--story', 'article-evening', '--pairs', '--services', 'youtube,wikipedia', '--interval', '15']
const SIZE = ['--since', '2026-10-06', '--days', '1', '--networks', '2', '--probes', '3']

describe('an incident derived again from public forms', () => {
  let made: DerivedFolder
  before(async () => {
    made = await openDerivedFolder(...SIZE, ...EVENING)
  })
  after(() => made[Symbol.asyncDispose]())

  it('is the one that was published, to the byte', async () => {
    const published = await made.incidents()
    assert.ok(published.length > 0)
    for (const { id } of published) {
      const gathered = await made.gather(id)
      assert.ok(
        gathered.kind === 'derived',
        JSON.stringify(gathered.kind === 'differs' ? gathered.paths : gathered.kind),
      )
      const again = await rederiveBundled(await made.bundled(gathered))
      assert.deepEqual(again.verdicts, [])
      assert.ok(again.judged > 100, `${again.judged} judged`)
      const { derived } = again
      assert.deepEqual(derived, { begins: 'first-reading', incident: [], weight: [], inputs: [], readsAlike: true })
      assert.equal(again.sameRules, true)
    }
  })
})
