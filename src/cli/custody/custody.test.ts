import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { World } from '../../runtime/world.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'

const ADD = [
  ...['custody', 'add', '--type', 'opened', '--evidence', 'measurement:7', '--actor', 'analyst-2'],
  ...['--reason', 'read for a court', '--authority', 'ruling 12', '--place', 'Almaty', '--detail', 'pages=3'],
]

describe('kuager custody', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-cli-custody-'))))
  after(() => rm(root, { recursive: true }))

  /** A folder with nothing in it, and a world whose command lines are about it. */
  async function folder(name: string) {
    const texts: string[] = []
    const world: World = testWorld(root, (text) => texts.push(text))
    await withFolder(world, { folder: name, name: 'test', args: [] }, async (open) => {
      await open.archive()
      return 0
    })
    return {
      run: async (...args: readonly string[]): Promise<readonly [number, string]> => {
        texts.length = 0
        return [await runCommand([...args, '--folder', name], world), texts.join('')]
      },
      path: join(root, name),
    }
  }

  it('adds an act, lists it, and finds the chain whole', async () => {
    const here = await folder('a')
    assert.deepEqual(await here.run('custody', 'list', '--lang', 'en'), [0, 'No custody event is recorded.\n'])
    assert.deepEqual(await here.run(...ADD, '--lang', 'en'), [0, 'Recorded. Number in the log: 0\n'])
    const [exit, said] = await here.run('custody', 'list', '--lang', 'en')
    assert.equal(exit, 0)
    assert.match(
      said,
      /^Original opened · measurement with number 7 in the log\n {2}\d+\s\p{L}+\s\d{4}, [\d:]{8} UTC\n/u,
    )
    for (const part of ['read for a court', 'Actor: analyst-2', 'ruling 12', 'Almaty', 'pages: 3'])
      assert.ok(said.includes(part), part)
    const whole = '\u2713 Events: 1. Keys: 1. The chain is intact: signed, in order, nothing missing.\n'
    assert.deepEqual(await here.run('custody', 'verify', '--lang', 'en'), [0, whole])
  })

  it('speaks three languages', async () => {
    const here = await folder('b')
    await here.run(...ADD)
    for (const [lang, words] of [['kk', 'Түпнұсқа ашылды'], ['ru', 'Открыт оригинал'], ['en', 'Original opened']] as const)
      assert.ok((await here.run('custody', 'list', '--lang', lang))[1].includes(words)) // prettier-ignore
  })

  it('lists what concerns one piece of evidence, ranges of measurements included', async () => {
    const here = await folder('c')
    const add = (evidence: string) => here.run(...ADD.map((word) => (word === 'measurement:7' ? evidence : word)))
    for (const evidence of ['measurement:7', 'measurements:3-9', 'measurements:8-9', 'file:7']) await add(evidence)
    const [, said] = await here.run('custody', 'list', '--evidence', 'measurement:7', '--json')
    const leaves = said.trim().split('\n').map((line) => /"leaf":(\d)/.exec(line)?.[1]) // prettier-ignore
    assert.deepEqual(leaves, ['0', '1'])
    const of = async (evidence: string): Promise<string> =>
      [...(await here.run('custody', 'list', '--evidence', evidence, '--json'))[1].matchAll(/"leaf":(\d)/g)]
        .map(([, leaf]) => leaf)
        .join('')
    // A range that is asked for has the acts on each measurement in it, and on every range that shares one with it.
    assert.equal(await of('measurements:6-8'), '012')
    assert.equal(await of('measurements:9-20'), '12')
    assert.equal(await of('measurements:10-20'), '')
  })

  it('hands over to a new key, and holds the first event to one that is named', async () => {
    const here = await folder('d')
    await here.run(...ADD)
    const keyOf = async (): Promise<string> => {
      const [, said] = await here.run('custody', 'key', '--json')
      return /"key":"([^"]+)"/.exec(said)?.[1] ?? ''
    }
    const first = await keyOf()
    assert.equal((await here.run('custody', 'rotate', '--actor', 'operator', '--reason', 'yearly'))[0], 0)
    const second = await keyOf()
    assert.notEqual(second, first)
    await here.run(...ADD)
    assert.equal((await here.run('custody', 'verify', '--key', first))[0], 0)
    const [exit, said] = await here.run('custody', 'verify', '--key', second, '--json')
    assert.equal(exit, 3)
    assert.match(said, /"problems":\[\{"leaf":0,"problem":"key"\}/)
  })

  it('ends with 3 where another key goes on without being handed over to', async () => {
    const here = await folder('e')
    const other = await folder('f')
    await here.run(...ADD)
    await other.run(...ADD)
    await writeFile(join(here.path, 'keys/custody.key'), await readFile(join(other.path, 'keys/custody.key')))
    await here.run(...ADD)
    const [exit, said] = await here.run('custody', 'verify', '--lang', 'en')
    assert.equal(exit, 3)
    assert.match(said, /^\u2717 Number in the log: 1 — signed with a key that no earlier event hands over to\n/)
    assert.match(said, /The chain is broken\. Problems: 1\.\n$/)
  })

  it('refuses wrong use with 2, and what the program records by itself', async () => {
    const here = await folder('g')
    const wrong: readonly (readonly string[])[] = [
      ['custody'],
      ['custody', 'sell'],
      ['custody', 'list', 'more'],
      ['custody', 'list', '--evidence', 'person:1'],
      ['custody', 'list', '--evidence', 'nothing'],
      ADD.map((word) => (word === 'opened' ? 'erased' : word)),
      ADD.map((word) => (word === 'opened' ? 'collected' : word)),
      // No digest of a measurement, which may be erased; no range that runs backwards.
      ADD.map((word) => (word === 'measurement:7' ? `measurement:${'0a'.repeat(32)}` : word)),
      ADD.map((word) => (word === 'measurement:7' ? 'measurement:3-9' : word)),
      ADD.map((word) => (word === 'measurement:7' ? 'measurements:9-3' : word)),
      ADD.map((word) => (word === 'analyst-2' ? 'someone@example.org' : word)),
      ADD.map((word) => (word === 'pages=3' ? 'pages' : word)),
      [...ADD, '--detail', 'pages=4'],
      ADD.slice(0, 6),
      ['custody', 'rotate'],
    ]
    for (const args of wrong) assert.equal((await here.run(...args))[0], 2, args.join(' '))
    assert.deepEqual((await here.run('custody', 'list', '--json'))[1], '')
  })
})
