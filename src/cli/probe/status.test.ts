import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parseOwnLink } from '../../core/evidence/own-results/own-link.ts'
import { spokenWorld } from '../../../test/kit/probe/probe-folder.ts'
import { defined } from '../../core/model/defined.ts'
import type { Standing } from '../../core/model/standing.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import { ProbeKeys } from '../../probe/identity/keys.ts'
import { saveSettings } from '../../probe/plan/settings.ts'
import { documentId } from '../../probe/spool/spool.ts'
import { Receipts } from '../../probe/spool/receipts.ts'
import { runCommand } from '../main.ts'

let root = ''
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-status-'))))
after(() => rm(root, { recursive: true }))

/** A probe's folder with receipts of the last minutes. */
async function folderWith(name: string, standings: readonly (Standing | undefined)[]): Promise<string> {
  const folder = join(root, name)
  const receipts = new Receipts(folder)
  const at = instant(Date.now())
  for (const [leaf, standing] of standings.entries())
    await receipts.add({ id: documentId(`${leaf}`), leaf, at, ...defined({ standing }) })
  return folder
}

async function status(folder: string, ...args: readonly string[]): Promise<string> {
  const { world, said } = spokenWorld(root)
  assert.equal(await runCommand(['probe', 'status', '--folder', folder, ...args], world), 0)
  return said()
}

describe('kuager probe status', () => {
  it('says how often the line counted, and nothing of what is excluded if nothing is', async () => {
    const folder = await folderWith('counted', [...Array<Standing>(20).fill('known'), 'enrolled'])
    const english = await status(folder, '--lang', 'en')
    assert.match(english, /^Your connection counted 21 times this week\.$/m)
    assert.doesNotMatch(english, /not counted for now|does not say/)
    assert.match(await status(folder, '--lang', 'ru'), /^На этой неделе ваше подключение учтено 21 раз\.$/m)
    assert.match(await status(folder, '--lang', 'kk'), /^Осы аптада сіздің желіңіз 21 рет есепке алынды\.$/m)
  })

  it('gives for each network of this month the link to its measurements, and says who can see them', async () => {
    const folder = join(root, 'own')
    const at = instant(Date.now())
    const month = new Date(at).toISOString().slice(0, 7)
    const keys = new ProbeKeys(folder)
    const receipts = new Receipts(folder)
    const [home, work] = [await keys.keyFor(parseAsn(9198), at), await keys.keyFor(parseAsn(29_355), at)]
    await keys.keyFor(parseAsn(48_503), at)
    for (const [leaf, key] of [home, home, work].entries())
      await receipts.add({ id: documentId(`${leaf}`), leaf: 40 + leaf, at, probe: key.pseudonym })
    await receipts.add({ id: documentId('of an older version'), leaf: 50, at })
    assert.doesNotMatch(await status(folder, '--lang', 'en'), /mine#/, 'no collector is set')
    await saveSettings(folder, { collector: ['https://observatory.example/collect'] })
    const english = await status(folder, '--lang', 'en')
    assert.match(english, /Anyone who has a link sees them too:/)
    const links = [...english.matchAll(/^ {2}(AS\d+): https:\/\/observatory\.example\/en\/mine#(\S+)$/gm)]
    assert.deepEqual(
      Object.fromEntries(links.map(([, network, fragment = '']) => [network, parseOwnLink(fragment)])),
      {
        AS29355: { month, pseudonym: work.pseudonym, received: 1, places: [42] },
        AS9198: { month, pseudonym: home.pseudonym, received: 2, places: [40, 41] },
      },
      'one network does not name another, and a key without a receipt has no link',
    )
  })

  it('says of what is excluded how much it is, why, and what helps', async () => {
    const folder = await folderWith('apart', ['new', 'new', 'new', 'mismatched', 'unsigned', undefined])
    const english = await status(folder, '--lang', 'en')
    assert.match(english, /^Your connection counted 0 times this week\.$/m)
    assert.match(english, /not counted for now: 3 measurements\.\n.*does not know the key.*kuager probe invite/)
    assert.match(english, /not counted for now: 1 measurement\.\n.*from a different network/)
    assert.match(english, /not counted for now: 1 measurement\.\n.*signature/)
    assert.match(english, /does not report whether they count: 1 measurement\./)
    const russian = await status(folder, '--lang', 'ru')
    assert.match(russian, /пока не входит в расчёт: 3 измерения\.\n.*ещё не знает ключ.*kuager probe invite/)
    assert.match(await status(folder, '--lang', 'kk'), /әзірге есепке алынбаған: 3 өлшем\.\n.*кілті әлі белгісіз/)
    const json: unknown = JSON.parse(await status(folder, '--json'))
    assert.ok(typeof json === 'object' && json !== null && 'kept_apart_this_week' in json)
    assert.ok('received_this_week' in json && 'counted_this_week' in json)
    assert.deepEqual(
      [json.received_this_week, json.counted_this_week, json.kept_apart_this_week],
      [6, 0, { new: 3, mismatched: 1, unsigned: 1 }],
    )
  })
})
