import type { World } from '../../../runtime/world.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { signatureSchema } from '../../../letter/core/letter.ts'
import { makeKeyPair, type AgeKeyPair } from '../../../letter/handover/age.ts'
import { decodeRows } from '../../../letter/handover/csv.ts'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { LetterHouse, sampleLetter } from '../../../../test/kit/letter/letter-house.ts'
import { testWorld } from '../../../../test/kit/servers/world.ts'
import { runCommandLine } from '../../terminal/run-command.ts'
import { command } from '../letter.ts'

const runLetter = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['letter'], args, world })

describe('a letter whose second version has two layers instead of one', () => {
  let house: LetterHouse
  let bundle: string
  const keys: AgeKeyPair[] = []
  before(async () => {
    house = await LetterHouse.open()
    await house.count([{ bytes: await house.seal({ name: 'Әсел бірінші' }) }])
    const [inner, outer] = [await makeKeyPair({ hybrid: false }), await makeKeyPair({ hybrid: false })]
    keys.push(house.pairs[0]![0]!, outer, inner) // the first layer has two holders
    await house.publish({ ...sampleLetter([[inner], [outer]]), version: 2 })
    await house.count([{ bytes: await house.seal({ name: 'Болат екінші' }) }])
    bundle = await house.handOver('bundle')
  })
  after(() => house[Symbol.asyncDispose]())

  const write = (name: string, some: readonly AgeKeyPair[]): string => {
    const file = join(house.folder, name)
    writeFileSync(file, some.map(({ identity }) => `${identity}\n`).join(''))
    return file
  }
  const open = async (
    out: string,
    some: readonly AgeKeyPair[],
  ): Promise<{ exit: number; names: readonly string[] }> => {
    const identities = ['--identity', write(`${out}.txt`, some)]
    const args = ['open', bundle, ...identities, '--out', out, '--no-pdf', '--at', '2026-06-02T00:00:00Z']
    const exit = await runLetter(args, testWorld(house.folder))
    const [, ...rows] = decodeRows(readFileSync(join(house.folder, out, 'signatures.csv'), 'utf8')) ?? []
    return { exit, names: rows.map(([, name = '']) => name) }
  }

  it('opens whole with keys of both, and what was signed under each with its own', async () => {
    assert.deepEqual(await open('all', keys), { exit: 0, names: ['Әсел бірінші', 'Болат екінші'] })
    assert.deepEqual(await open('earlier', keys.slice(0, 1)), { exit: 3, names: ['Әсел бірінші'] })
    assert.deepEqual(await open('later', keys.slice(1)), { exit: 3, names: ['Болат екінші'] })
  })

  it(
    'names all holders and opens by hand with the age program',
    { skip: hasProgram('age') ? false : 'needs age' },
    () => {
      const readme = readFileSync(join(bundle, 'README-en.txt'), 'utf8')
      for (const { recipient } of keys) assert.ok(readme.includes(recipient))
      assert.match(readme, /Version of the letter: 1:\n[^]*Version of the letter: 2:\n/)
      const commands = readme.split('\n').filter((line) => /^ {2}(?:sha256sum|for|mkdir)/.test(line))
      const byHand = (folder: string, some: readonly AgeKeyPair[]): readonly (string | undefined)[] => {
        const to = join(house.folder, folder)
        const script = commands
          .join('\n')
          .replaceAll('KEYS.txt', write(`${folder}.txt`, some))
          .replaceAll('../opened', to)
        execFileSync('sh', ['-eu', '-c', script], { cwd: bundle, stdio: ['ignore', 'ignore', 'pipe'] })
        return readdirSync(to)
          .map((name) => readFileSync(join(to, name), 'utf8'))
          .map((text) => (text.startsWith('age-encryption.org') ? '' : signatureSchema.parse(JSON.parse(text)).name))
          .toSorted()
      }
      assert.deepEqual(byHand('hand-all', keys), ['Болат екінші', 'Әсел бірінші'])
      assert.deepEqual(byHand('hand-later', keys.slice(1)), ['', 'Болат екінші'])
    },
  )
})
