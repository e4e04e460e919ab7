import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { BUNDLED_RECORD } from '../../runtime/tables/record.ts'
import { runCommand } from '../main.ts'

describe('kuager record check', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-cli-record-'))
    await cp(BUNDLED_RECORD, join(root, 'kuager-data', 'record'), { recursive: true })
  })
  after(() => rm(root, { recursive: true }))

  async function run(...args: readonly string[]): Promise<readonly [number, string]> {
    const texts: string[] = []
    const exit = await runCommand(['record', 'check', ...args], {
      ...testWorld(root, (text) => texts.push(text)),
      env: { KUAGER_LANG: 'en' },
    })
    return [exit, texts.join('')]
  }

  it('finds no problem in the bundled record, and says how many sources are not read', async () => {
    const [exit, said] = await run(BUNDLED_RECORD)
    assert.equal(exit, 0)
    assert.match(said, /no problem\nStatements: \d+, .*\nSources: \d+, of which not yet read: [1-9]\d*\n$/)
  })

  it('never answers for a data folder that is not there, and says whose files it checked', async () => {
    const [exit, said] = await run('--folder', 'elsewhere')
    assert.equal(exit, 2)
    assert.match(said, /there is no such folder; expected .*--folder or KUAGER_FOLDER/)
    await mkdir(join(root, 'empty'))
    assert.match(
      (await run('--folder', 'empty'))[1],
      /^The data folder .*empty has no files of its own; .*\n.*no problem/,
    )
  })

  it('speaks three languages', async () => {
    assert.match((await run(BUNDLED_RECORD, '--lang', 'ru'))[1], /: проблем нет\nЗаявления: \d+,.*\nИсточники: \d+/)
    assert.match((await run(BUNDLED_RECORD, '--lang', 'kk'))[1], /: ақау жоқ\nМәлімдемелер: \d+,.*\nДереккөздер: \d+/)
  })

  it('names file, line and column of every problem of every file, and ends with 3', async () => {
    const folder = join(root, 'kuager-data', 'record')
    const change = async (name: string, by: (text: string) => string): Promise<void> =>
      writeFile(join(folder, name), by(await readFile(join(folder, name), 'utf8')))
    await change('chronicle.json', (text) =>
      text.replace('"reportedAs": "restriction"', '"reportedAs": "blocked"').replace('"end": null', '"end": 7'),
    )
    await change('orders.json', (text) => text.replace('"orders": [', '"orders": ['.padEnd(14, ' ') + ','))
    const [exit, said] = await run()
    assert.equal(exit, 3)
    assert.match(said, /record\/chronicle\.json:6:14: \/rows\/0\/end: /)
    assert.match(said, /record\/chronicle\.json:7:21: \/rows\/0\/reportedAs: /)
    assert.match(said, /record\/orders\.json:2:17: Unexpected token/)
    assert.match(said, /Problems: 3\n$/)
    const [, told] = await run('--json')
    assert.deepEqual(
      [...told.matchAll(/"line":(\d+),"column":(\d+)/g)].map(([, line, column]) => `${line}:${column}`),
      ['6:14', '7:21', '2:17'],
    )
    await rm(join(folder, 'events.json'))
    assert.match((await run(folder))[1], /events\.json: there is no such file/)
  })
})
