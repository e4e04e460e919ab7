import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { publicLetter } from '../../../test/kit/letter/letter-sample.ts'
import { HOLDER } from '../../../test/kit/letter/letter-world.ts'
import { TimeAuthority } from '../../../test/kit/servers/time-authority.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { runCommand } from '../main.ts'
import { openLiveOutside } from '../../app/folder/outside.ts'
import { withLetterFolder, type LetterFolder } from '../../app/letter/folder.ts'

const day = (after: number): string => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10)

describe('the log of a letter service', () => {
  let root = ''
  let secrets = ''
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'kuager-letter-outside-'))
    secrets = join(root, 'secrets')
    const keys = { layers: [[{ holder: { kk: 'Заңгер', ru: 'Юрист', en: 'Lawyer' }, recipient: HOLDER.recipient }]] }
    const letter = publicLetter(keys, { opens: day(-1), closes: day(30), destroys: day(60) })
    writeFileSync(join(root, 'LETTER.json'), JSON.stringify(letter))
    const [exit, said] = await kuager('publish', 'LETTER.json', '--folder', 'letter', '--secrets', secrets)
    assert.equal(exit, 0, said)
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  async function kuager(...args: readonly string[]): Promise<readonly [exit: number, said: string]> {
    let said = ''
    const world = testWorld(root, (text) => (said += text))
    return [await runCommand(['letter', ...args], world), said]
  }
  const opened = (act: (folder: LetterFolder) => Promise<void>): Promise<number> =>
    withLetterFolder(testWorld(root), { folder: 'letter', secrets, args: ['test'] }, async (folder) => {
      await act(folder)
      return 0
    })

  it('keeps its signing key with the secrets, and none in the folder that is backed up', () => {
    assert.equal(readdirSync(join(secrets, 'log')).length, 1)
    const inFolder = readdirSync(join(root, 'letter'), { recursive: true }).map(String)
    assert.deepEqual(
      inFolder.filter((path) => path.endsWith('.seed')),
      [],
    )
  })

  it(
    'is stamped and cosigned while the service runs, and says so',
    { skip: hasProgram('openssl') ? false : 'needs openssl' },
    async () => {
      using tsa = new TimeAuthority()
      const logFolder = join(root, 'letter', 'log')
      await opened(async (folder) => {
        const log = await folder.begunLog()
        const keys = log?.keys.map(({ key }) => key) ?? []
        using north = new TestWitness('north.example', keys)
        writeFileSync(join(logFolder, 'first.pem'), tsa.chainPem)
        const authorities = [{ name: 'first', url: await tsa.serve(), chain: 'first.pem' }]
        writeFileSync(join(logFolder, 'authorities.json'), JSON.stringify({ authorities }))
        const lines = keys.map((key) => `log ${formatVerifierKey(key)}\n`).join('')
        writeFileSync(
          join(logFolder, 'policy.txt'),
          `${lines}witness north ${north.line} ${await north.serve()}\nquorum north\n`,
        )
        await using _live = openLiveOutside(folder, new AbortController().signal)
        await eventually(() => existsSync(join(logFolder, 'stamps/1-first.tsr')) || undefined)
      })
      assert.match(readFileSync(join(logFolder, 'public/checkpoint'), 'utf8'), /\n\u2014 north\.example /)
      assert.match(readFileSync(join(logFolder, 'stamps/1.checkpoint'), 'utf8'), /\n\u2014 north\.example /)
      const [exit, said] = await kuager('status', '--folder', 'letter', '--secrets', secrets)
      assert.equal(exit, 0, said)
      assert.match(said, /^Authority: first: stamped a tree of size 1 at /m)
      assert.match(said, /^Quorum: "north", reached by the newest checkpoint/m)
    },
  )
})
