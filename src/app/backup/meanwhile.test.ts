import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { revision } from '../../../test/kit/evening/revision.ts'
import { seeded } from '../../../test/kit/crash/volatile-disk.ts'
import { BackupWorld, breathe, bulkyMeasurement } from '../../../test/kit/stores/backup-world.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import { LayerOpener } from '../../letter/handover/age.ts'
import { encodeFrame } from '../../store/archive/prepare.ts'
import { verifyArchive } from '../../store/archive/verify.ts'
import { openIncidents } from '../../store/incidents/open.ts'

const NOW = instant(Date.UTC(2025, 0, 16))

/** Rounds and chance: a few rounds of one seed, or those of `npm test -- beyond` (test/beyond/run-backup.ts). */
function trial(few: number, many: number, seed: number): { readonly rounds: number; readonly random: () => number } {
  if (process.env['KUAGER_BEYOND'] === undefined) return { rounds: few, random: seeded(seed) }
  const rounds = Number(process.env['KUAGER_ROUNDS'] ?? many)
  return { rounds: Math.max(few, rounds), random: seeded(Number(process.env['KUAGER_SEED'] ?? seed)) }
}

/** Opened pieces of the target, one after another. */
async function contents(world: BackupWorld): Promise<Buffer> {
  const opener = new LayerOpener([world.key])
  const all: Buffer[] = []
  for (const key of await world.objects()) {
    if (!key.startsWith('pieces/')) continue
    const opened = await opener.open(await readFile(world.path('target', key)), 1)
    assert.equal(opened.kind, 'opened')
    if (opened.kind === 'opened') all.push(Buffer.from(opened.bytes))
  }
  return Buffer.concat(all)
}

interface Known {
  readonly id: Sha256
  /** Bytes of its frame, which nothing else has. */
  readonly needle: Buffer
}

/** Counts what a verification of an archive finds, by kind. */
async function verified(folder: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for await (const { kind } of verifyArchive(join(folder, 'archive'), { leaves: LEAF_CODEC }))
    counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

describe('a backup while the folder is in use', () => {
  it('is one state, in each of some random rounds of imports, erasures, publications and checkpoints', async (t) => {
    const { rounds, random } = trial(6, 100, 6)
    await using world = await BackupWorld.make()
    await using open = await world.open()
    const archive = await open.archive()
    const acknowledged: Known[] = []
    const erased: Known[] = []
    const append = async (): Promise<void> => {
      const items = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
        const item = bulkyMeasurement(1000 + random() * 300_000)
        return { ...item, frame: encodeFrame(item.bytes) }
      })
      await archive.append(items)
      for (const { id, frame } of items) acknowledged.push({ id, needle: frame.subarray(200, 264) })
    }
    const erase = async (): Promise<void> => {
      const [one] = acknowledged.splice(Math.floor(random() * acknowledged.length), 1)
      if (one === undefined) return
      erased.push(one)
      await archive.erase(one.id, 'asked for', NOW)
      await (await open.incidents()).forget([one.id])
    }
    let revisions = 0
    const publish = async (): Promise<void> => {
      const incidents = await open.incidents()
      const measurements = acknowledged.slice(-2).map(({ id }) => id)
      await incidents.publish([revision({ revision: ++revisions, reason: 'late-data', measurements })], [])
      await open.logRevisions()
    }
    const sequence = async (): Promise<void> => void (await (await open.log()).sequence())
    for (let nth = 0; nth < 20; nth++) await append()
    await sequence()
    for (let round = 1; round <= rounds; round++) {
      const before = acknowledged.map(({ id }) => id)
      const published = revisions
      let working = true
      const work = (async () => {
        while (working) {
          const act = random()
          await (act < 0.5 ? append() : act < 0.7 ? erase() : act < 0.85 ? publish() : sequence())
          await breathe(Math.floor(random() * 20))
        }
      })()
      const made = JSON.parse(await world.backup('--json', '--keys-to', 'keys.age')) as {
        generation: number
        unreplaced: number
      }
      working = false
      await work
      assert.equal(made.generation, round)
      assert.equal(made.unreplaced, 0)
      const at = random() < 0.5 ? round : Math.max(round - 13, 1 + Math.floor(random() * round))
      const restored = await world.restore('restored', '--at', String(at), '--keys', 'keys.age', '--json')
      assert.equal(restored.exit, 0, restored.text)
      const { corrupt = 0, unfinished = 0, ...counts } = await verified(world.path('restored'))
      assert.deepEqual({ corrupt, unfinished }, { corrupt: 0, unfinished: 0 }, `round ${round}`)
      assert.equal(
        (counts['ok'] ?? 0) + (counts['erased'] ?? 0),
        (JSON.parse(restored.text) as { leaves: number }).leaves,
      )
      t.diagnostic(`round ${round}: generation ${at} of ${made.generation}; ${JSON.stringify(counts)}`)
      assert.match(await world.good('log', 'check', '--folder', 'restored'), / 0 problems/, `round ${round}`)
      await using journal = await openIncidents(world.path('restored/incidents'))
      const [current] = await journal.current()
      if (at === round && published > 0) assert.ok((current?.revision ?? 0) >= published)
      if (at === round)
        assert.ok((counts['ok'] ?? 0) >= before.filter((id) => acknowledged.some((one) => one.id === id)).length)
      await rm(world.path('restored'), { recursive: true })
    }
    // One more, after which no piece of any generation has bytes that were erased.
    await world.backup()
    const bytes = await contents(world)
    assert.ok(erased.length > 0)
    for (const { needle } of erased) assert.equal(bytes.includes(needle), false)
    for (const { needle } of acknowledged) assert.equal(bytes.includes(needle), true)
  })

  it('that is killed at any time is made by the next one, and what was whole before stays so', async () => {
    await using world = await BackupWorld.make()
    {
      await using open = await world.open()
      const archive = await open.archive()
      await archive.append(Array.from({ length: 40 }, () => bulkyMeasurement(1_000_000)))
    }
    const args = ['backup', '--folder', 'data', '--to', 'target', '--recipient', world.key.recipient, '--keep', '2']
    const { rounds, random } = trial(8, 50, 3)
    let whole = 0
    let kills = 0
    for (let round = 0; round < rounds; round++) {
      // Pieces, then list, hash and manifest of a generation.
      if (await world.killed(args, { more: 1 + Math.floor(random() * 9) })) kills++
      await writeFile(world.path('data/about.json'), JSON.stringify({ round }))
      if (!existsSync(world.path('target/generations'))) continue
      const list = (await world.run('backup', 'list', '--from', 'target')).text
      const generations = list.split('\n').length - 1
      assert.ok(generations >= Math.min(whole, 2), list)
      whole = generations
      if (generations === 0) continue
      assert.equal((await world.restore('restored')).exit, 0)
      await rm(world.path('restored'), { recursive: true })
    }
    assert.ok(kills > 3, `${kills} were killed before their end`)
    await world.backup('--keep', '2')
    await world.good('backup', 'check', '--from', 'target')
    const { exit, text } = await world.restore('last')
    assert.equal(exit, 0, text)
    assert.deepEqual(await verified(world.path('last')), { ok: 40 })
    // Nothing of the interrupted ones is left over after they are pruned.
    await world.good('backup', 'prune', '--from', 'target', '--keep', '1')
    assert.deepEqual((await world.objects()).filter((key) => key.startsWith('generations/')).length, 3)
    await world.good('backup', 'check', '--from', 'target')
  })
})
