import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { samplePeople } from '../../../test/kit/evening/people-sample.ts'
import { firstSite } from '../../../test/kit/evening/first-sample.ts'
import { REGIONS } from '../../core/model/region.ts'
import { LANGS } from '../../core/text/lang.ts'
import { TILES } from './tiles.ts'

const site = await firstSite({ people: samplePeople() })
const text = async (path: string): Promise<string> => {
  const response = await site.request(path)
  assert.equal(response.status, 200, path)
  return (await response.text()).replaceAll('\u00a0', ' ')
}

describe('the map of reports', () => {
  it('has a tile for each region and no two at one place', () => {
    assert.deepEqual(
      TILES.map(([region]) => region).toSorted((a, b) => a.localeCompare(b)),
      REGIONS.filter((region) => region !== 'abroad'),
    )
    assert.equal(new Set(TILES.map(([, column, row]) => `${column} ${row}`)).size, TILES.length)
  })

  it('shows a number only where there is one, with a table of the same', async () => {
    for (const lang of LANGS) {
      const html = await text(`/${lang}/map?days=7`)
      assert.equal([...html.matchAll(/<li class="x\d y\d( none)?">/g)].length, 20)
      const empty = [...html.matchAll(/<li class="x\d y\d none">[\s\S]*?<b>–<\/b>/g)].length
      const full = [...html.matchAll(/<li class="x\d y\d">[\s\S]*?<b>(\d+)<\/b>/g)]
      assert.equal(empty + full.length, 20)
      for (const [, count] of full) assert.ok(Number(count) >= 5)
      assert.equal([...html.matchAll(/<th scope="row"><a href="[^"]*\/r\/KZ-\d\d">/g)].length, 20)
    }
  })

  it('leads to a page of each region, and to none of another name', async () => {
    assert.match(await text('/kk/r/KZ-35'), /<h1>Қарағанды облысы<\/h1>/)
    for (const path of ['/kk/r/abroad', '/kk/r/KZ-99', '/kk/r/x', '/kk/map?service=web:made.up'])
      assert.equal((await site.request(path)).status, 404, path)
    for (const path of ['/kk/map?days=2', '/kk/map?service=%3Cx', '/kk/map?x=1'])
      assert.equal((await site.request(path)).status, 400, path)
  })

  it('says that nothing is taken where nothing is', async () => {
    const bare = await (await firstSite()).request('/en/map')
    assert.match(await bare.text(), /This server does not accept reports\./)
  })
})
