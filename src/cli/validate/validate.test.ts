import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { folderValidations } from '../../app/proof/published-validations.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { instant } from '../../core/model/units.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { openArchive } from '../../store/archive/open.ts'
import { createRandom } from '../../core/detect/chain/random.ts'
import { runCommand } from '../main.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-validate-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const world = {
    ...testWorld(folder),
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
  }
  return { code: await runCommand(args, world), ...said }
}

const DAY = Date.UTC(2025, 0, 15)
const FROM = DAY + 2 * 86_400_000 + 15 * 3_600_000
const UNTIL = FROM + 2 * 3_600_000

/** Three devices for four days; in one of two series two hours of an evening do not pass. */
function series(name: string, restricted: boolean): void {
  const random = createRandom(restricted ? 5 : 6)
  const rows: string[] = []
  for (let slot = 0; slot < 4 * 96; slot++)
    for (let probe = 0; probe < 3; probe++) {
      const at = DAY + slot * 900_000 + probe * 250_000
      const fails = restricted && at >= FROM && at < UNTIL ? random.next() < 0.95 : random.next() < 0.01
      rows.push(`${new Date(at).toISOString()},p${probe},${fails ? 'fail' : 'ok'},ok,ok`)
    }
  writeFileSync(join(folder, 'series', name), `at_utc,probe,outcome,control,canary\n${rows.join('\n')}\n`)
}

mkdirSync(join(folder, 'series'), { recursive: true })
series('a.csv', true)
series('b.csv', false)
const edge = (at: number) => ({ earliest_utc: new Date(at).toISOString(), latest_utc: new Date(at).toISOString() })
const labels = JSON.stringify({
  format: 'kuager-validation-labels/1',
  by: 'a test',
  cases: [
    { id: 'a', group: 'positive', start: edge(FROM), end: edge(UNTIL), source: 'a test' },
    { id: 'b', group: 'placebo', source: 'a test' },
  ],
})
writeFileSync(join(folder, 'labels.json'), labels)
writeFileSync(
  join(folder, 'protocol.json'),
  JSON.stringify({
    format: 'kuager-validation-protocol/1',
    title: { kk: 'Сынақ', ru: 'Проба', en: 'A test' },
    simulated: true,
    labels_sha256: createHash('sha256').update(labels).digest('hex'),
    cases: [
      { id: 'a', file: 'a.csv' },
      { id: 'b', file: 'b.csv' },
    ],
  }),
)

describe('kuager validate', () => {
  it('fixes predictions before the labels are opened, scores them, and repeats them', async () => {
    const frozen = await run('validate', 'freeze', 'protocol.json', '--series', 'series', '--out', 'frozen.json')
    assert.equal(frozen.code, 0, frozen.err)
    const opened = await run(
      ...[
        'validate',
        'open',
        'frozen.json',
        '--labels',
        'labels.json',
        '--json',
        '--publish',
        'a-test',
        '--folder',
        'site',
      ],
    )
    assert.equal(opened.code, 0, opened.err)
    const score = JSON.parse(opened.out) as {
      groups: { cases: number; raised: number; insufficient: number }[]
      coverage: { start: { k: number; n: number } }
      falseIncidents: number
    }
    assert.equal((score.groups[0]?.raised ?? 0) + (score.groups[0]?.insufficient ?? 0), 1)
    assert.deepEqual([score.coverage.start.k, score.coverage.start.n, score.falseIncidents], [1, 1, 0])
    const again = await run('validate', 'repeat', 'frozen.json', '--series', 'series')
    assert.equal(again.code, 0, again.out)
    const [published] = await folderValidations(join(folder, 'site'), { isPublic: false })()
    assert.equal(published?.kind, 'whole')
    assert.deepEqual(await folderValidations(join(folder, 'site'), { isPublic: true })(), [])
  })

  it('publishes with the entry of the log that has the predictions, and never with one of other bytes', async () => {
    const site = join(folder, 'logged')
    {
      await using archive = await openArchive(join(site, 'archive'), { leaves: LEAF_CODEC })
      const begin = { simulated: true, at: instant(DAY) }
      await using _log = await openTransparencyLog(join(site, 'log'), { archive, begin })
    }
    const publish = (id: string) =>
      run('validate', 'open', 'frozen.json', '--labels', 'labels.json', '--publish', id, '--folder', 'logged')
    const before = await publish('not-logged')
    assert.deepEqual([before.code, /not in the log/.test(before.err)], [0, true], before.err)
    assert.equal((await run('validate', 'log', 'frozen.json', '--folder', 'logged')).code, 0)
    const after = await publish('is-logged')
    assert.deepEqual([after.code, after.err], [0, ''])
    await using archive = await openArchive(join(site, 'archive'), { leaves: LEAF_CODEC })
    const entryAt = async (leaf: number): Promise<Uint8Array | undefined> => {
      const found = await archive.readLeaf(leaf)
      return found?.kind === 'entry' ? found.bytes : undefined
    }
    const leaves = async (at: typeof entryAt): Promise<unknown> =>
      (await folderValidations(site, { isPublic: false, entryAt: at })()).map((one) => [
        one.id,
        one.kind === 'whole' ? one.leaf : one.kind,
      ])
    const none = [
      ['is-logged', undefined],
      ['not-logged', undefined],
    ]
    assert.deepEqual(await leaves(entryAt), [['is-logged', 0], none[1]])
    assert.deepEqual(await leaves(async () => Buffer.from('{}')), none)
    assert.deepEqual(await leaves(() => Promise.reject(new Error('damaged'))), none)
  })

  it('refuses one of its own that cannot be read or shown, and shows the others', async () => {
    const place = join(folder, 'site', 'validations')
    const { sha256: _, ...content } = JSON.parse(readFileSync(join(folder, 'frozen.json'), 'utf8')) as Record<
      string,
      unknown
    >
    const early = { ...content, frozenAtUtc: '0001-01-01T00:00:00Z' }
    const sha256 = createHash('sha256').update(encodeCanonical(early)).digest('hex')
    mkdirSync(join(place, 'too-early'))
    writeFileSync(join(place, 'too-early', 'frozen.json'), JSON.stringify({ ...early, sha256 }))
    writeFileSync(join(place, 'too-early', 'labels.json'), labels)
    mkdirSync(join(place, 'unreadable', 'frozen.json'), { recursive: true })
    mkdirSync(join(place, 'unreadable', 'labels.json'))
    const all = await folderValidations(join(folder, 'site'), { isPublic: false })()
    assert.deepEqual(
      all.map((one) => [one.id, one.kind === 'refused' ? one.problem : one.kind]),
      [
        ['a-test', 'whole'],
        ['too-early', 'frozen'],
        ['unreadable', 'unreadable'],
      ],
    )
  })

  it('refuses labels that are not those of the protocol, and predictions that were changed', async () => {
    writeFileSync(join(folder, 'other.json'), labels.replace('placebo', 'fault'))
    const { code, err } = await run('validate', 'open', 'frozen.json', '--labels', 'other.json')
    assert.equal(code, 2)
    assert.match(err, /SHA-256/)
    const text = readFileSync(join(folder, 'frozen.json'), 'utf8').replace('"restricted"', '"throttled"')
    writeFileSync(join(folder, 'changed.json'), text)
    assert.equal((await run('validate', 'open', 'changed.json', '--labels', 'labels.json')).code, 2)
    assert.equal((await run('validate', 'freeze', 'protocol.json', '--series', 'none', '--out', 'x.json')).code, 2)
  })
})
