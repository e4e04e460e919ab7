import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { KuagerProcesses } from '../../../test/kit/servers/kuager-process.ts'
import { startS3Server, type S3Server } from '../../../test/kit/servers/s3-server.ts'
import { BackupWorld } from '../../../test/kit/stores/backup-world.ts'
import type { DrillReport } from '../../app/backup/notes.ts'

const TARGET = 's3://bucket/backups'

describe('a backup of a served folder in a bucket', () => {
  let world: BackupWorld
  let processes: KuagerProcesses
  let s3: S3Server
  before(async () => {
    world = await BackupWorld.make()
    s3 = await startS3Server()
    world.env = s3.env
    processes = new KuagerProcesses(world.cwd)
    const made = Array.from({ length: 5 }, (_, nth) => webMeasurement({ root: { made: nth } }))
    await writeFile(world.path('some.jsonl'), made.map((one) => `${JSON.stringify(one)}\n`).join(''))
    await world.good('import', 'some.jsonl', '--folder', 'data')
    await processes.serve(['serve', '--folder', 'data'])
  })
  after(async () => {
    processes[Symbol.dispose]()
    await s3[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  const backup = (): Promise<string> =>
    world.good(
      'backup',
      '--folder',
      'data',
      '--to',
      TARGET,
      '--recipient',
      world.key.recipient,
      '--keys-to',
      'keys.age',
      '--json',
    )
  const FROM = ['--from', TARGET, '--identity', 'id.txt', '--keys', 'keys.age'] as const
  const lengths = async (folder: string): Promise<number> =>
    (JSON.parse(await world.good('archive', 'lengths', '--folder', folder)) as { leaves: number }).leaves

  it('is made while the server has the folder, over a network that fails, and holds what came in since the last', async () => {
    s3.faults.push(
      { on: /PUT .*pieces/, does: 'slow-down', times: 1 },
      { on: /PUT .*generations/, does: 'lost', times: 1 },
    )
    await backup()
    const before = await lengths('data')
    await writeFile(world.path('more.jsonl'), `${JSON.stringify(webMeasurement({ root: { made: 99 } }))}\n`)
    await world.good('import', 'more.jsonl', '--folder', 'data')
    assert.ok((await lengths('data')) > before)
    await backup()
    assert.ok([...s3.objects.keys()].every((key) => key.startsWith('backups/')))
    await world.good('restore', ...FROM, '--folder', 'first', '--at', '1')
    await world.good('restore', ...FROM, '--folder', 'second')
    assert.ok((await lengths('second')) > (await lengths('first')))
    await world.good('backup', 'check', '--from', TARGET)
  })

  it('signs nothing after a restore, until the operator says that the original is gone', async () => {
    const refused = await world.run('log', 'sequence', '--folder', 'second')
    assert.equal(refused.exit, 1)
    assert.match(refused.text, /Cannot sign: .*restored from a backup.*kuager log take-over/s)
    await world.good('log', 'take-over', '--folder', 'second', '--reason', 'a test', '--other-is-gone')
    await world.good('log', 'sequence', '--folder', 'second')
  })

  it('is proved by a drill, whose report the next backup brings to "kuager doctor"', async () => {
    const report = JSON.parse((await world.good('backup', 'drill', ...FROM, '--json')).trim()) as DrillReport
    assert.equal(report.passed, true)
    assert.deepEqual(
      report.steps.map(({ step }) => step),
      ['restore', 'tiles', 'archive', 'rebuild', 'incidents', 'log', 'registry', 'keys'].filter((step) =>
        report.steps.some((one) => one.step === step),
      ),
    )
    for (const step of ['restore', 'archive', 'rebuild', 'incidents', 'log'])
      assert.ok(
        report.steps.some((one) => one.step === step),
        step,
      )
    assert.match(report.steps.find(({ step }) => step === 'log')?.found ?? '', /^\d+ leaves, 0 problems$/)
    await backup()
    const { findings } = JSON.parse((await world.run('doctor', '--folder', 'data', '--json')).text) as {
      findings: { about: string; state: string; found: string }[]
    }
    assert.equal(findings.find(({ about }) => about === 'drill')?.state, 'good')
    assert.equal(findings.find(({ about }) => about === 'backup')?.state, 'good')
  })

  it('is proved by a drill without the keys of the log, which signs nothing', async () => {
    const drill = await world.run('backup', 'drill', ...FROM.slice(0, 4), '--no-report', '--json')
    assert.equal(drill.exit, 0, drill.text)
    const { steps } = JSON.parse(drill.text.trim()) as DrillReport
    assert.match(steps.find(({ step }) => step === 'rebuild')?.found ?? '', /^\d+ measurements judged, 0 broken$/)
    assert.match(steps.find(({ step }) => step === 'keys')?.found ?? '', /^not tested/)
  })

  it('is proved by a drill also where the folder has its warehouse on a server, which is not asked', async () => {
    await world.good('restore', ...FROM, '--folder', 'third')
    const place = { folder: '0b9f3c1e-9f0a-4c57-8f6d-3f2b1a0c9d8e', server: 'https://clickhouse.example:8443/kuager' }
    await writeFile(world.path('third/places.json'), JSON.stringify(place))
    const away = { KUAGER_WAREHOUSE: 'https://kuager:x@clickhouse.example:8443/kuager' }
    const keys = ['--keys-to', 'third.age', '--recipient', world.key.recipient]
    await world.good('backup', '--folder', 'third', '--to', 'third-target', ...keys)
    world.env = { ...s3.env, ...away }
    const from = ['--from', 'third-target', '--identity', 'id.txt', '--keys', 'third.age']
    const drill = await world.run('backup', 'drill', ...from)
    world.env = s3.env
    assert.equal(drill.exit, 0, drill.text)
    assert.match(drill.text, /^ok {3}rebuild/m)
  })

  it('is proved by a drill also where the whole registry is in PostgreSQL, which has a backup of its own', async () => {
    await world.good('restore', ...FROM, '--folder', 'fourth')
    await rm(world.path('fourth/registry'), { recursive: true })
    await mkdir(world.path('fourth/registry'))
    await writeFile(world.path('fourth/registry/places.json'), JSON.stringify({ reports: 'at "db.example/kuager"' }))
    world.env = { ...s3.env, KUAGER_REPORTS_DATABASE: 'postgres://u:secret@db.example/kuager' }
    const keys = ['--keys-to', 'fourth.age', '--recipient', world.key.recipient]
    const made = await world.run('backup', '--folder', 'fourth', '--to', 'fourth-target', ...keys)
    world.env = s3.env
    assert.equal(made.exit, 3, made.text)
    const drill = await world.run('backup', 'drill', '--from', 'fourth-target', '--identity', 'id.txt')
    assert.equal(drill.exit, 0, drill.text)
    assert.match(drill.text, /^ok {3}registry .*in PostgreSQL, and not in this backup: reports$/m)
  })

  it('fails its drill where the restored archive has a measurement that is not the one of its log entry', async () => {
    // A backup of a folder that was damaged before: every piece is as it was stored, and only the drill can find it.
    const damaged = world.path('first/archive/segments/00000001.segment')
    const own = await readFile(damaged)
    own[own.length - 20]! ^= 1 // the segment is longer than that
    await writeFile(damaged, own)
    const made = await world.run('backup', '--folder', 'first', '--to', 'bad', '--recipient', world.key.recipient)
    if (made.exit !== 0) return assert.match(made.text, /damaged at byte/)
    const drill = await world.run('backup', 'drill', '--from', 'bad', '--identity', 'id.txt')
    assert.equal(drill.exit, 3, drill.text)
    assert.match(drill.text, /^BAD {2}archive/m)
  })
})
