import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { HONEST, makeBundle, makerKeys, zipOf, type Files } from '../../../test/kit/proof/bundle-maker.ts'
import { edit, relist } from '../../../test/kit/proof/forge.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { stampedBundle } from '../../../test/kit/proof/stamp-bundle.ts'
import { TimeAuthority } from '../../../test/kit/servers/time-authority.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { BUNDLE_FACTS, BUNDLE_NOTES, BUNDLE_PROBLEMS, BUNDLE_STEPS } from '../../core/evidence/verify/bundle-report.ts'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { runCommand } from '../main.ts'

const KEY = formatVerifierKey(HONEST.log.key)
const SOUND = makeBundle()

describe('kuager verify', () => {
  let cwd: string
  let count = 0
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-verify-'))
  })
  after(() => rm(cwd, { recursive: true }))

  const run = async (...args: readonly string[]): Promise<{ readonly exit: number; readonly out: string }> => {
    let out = ''
    const world = testWorld(cwd, (text) => (out += text))
    return { exit: await runCommand(['verify', ...args], world), out }
  }
  /** Writes a folder; gives its name. */
  const written = (files: Files): string => {
    const name = `bundle-${count++}`
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(cwd, name, path)), { recursive: true })
      writeFileSync(join(cwd, name, path), bytes)
    }
    return name
  }
  const changed = (change: (files: Files) => void): string => {
    const files = new Map(SOUND.files)
    change(files)
    return written(files)
  }

  it('says of every step in three languages what it means, and ends with 0', async () => {
    const folder = written(SOUND.files)
    const words = { en: 'Seal: ok', ru: 'Печать: верно', kk: 'Мөр: дұрыс' } as const
    for (const [lang, word] of Object.entries(words)) {
      const { exit, out } = await run(folder, '--key', KEY, '--no-judge', '--lang', lang)
      assert.equal(exit, 0, out)
      assert.ok(out.includes(word), out)
      assert.equal(
        out.split('\n').filter((line) => /^[\u2713\u2013] +\d+ /.test(line)).length,
        BUNDLE_STEPS.length,
        out,
      )
      assert.ok(!/[{}]/.test(out), out)
    }
  })

  it(
    'checks stamps against the roots that it is given, and against none without',
    { skip: hasProgram('openssl') ? false : 'openssl: not installed' },
    async () => {
      using authority = new TimeAuthority()
      using stranger = new TimeAuthority()
      const folder = written(stampedBundle(makeBundle(), authority).files)
      writeFileSync(join(cwd, 'own.pem'), authority.chainPem)
      writeFileSync(join(cwd, 'other.pem'), stranger.chainPem)
      writeFileSync(join(cwd, 'empty.pem'), 'no certificate')
      const outcome = async (...more: readonly string[]): Promise<readonly [number, string | undefined]> => {
        const { exit, out } = await run(folder, '--key', KEY, '--no-judge', '--json', ...more)
        if (exit === 2) return [exit, undefined]
        const { steps } = JSON.parse(out) as {
          readonly steps: readonly { readonly step: string; readonly outcome: string }[]
        }
        return [exit, steps.find(({ step }) => step === 'time')?.outcome]
      }
      assert.deepEqual(await outcome(), [0, 'not-checked'])
      assert.deepEqual(await outcome('--trusted-root', 'own.pem'), [0, 'ok'])
      assert.deepEqual(await outcome('--trusted-root', 'other.pem'), [3, 'failed'])
      assert.deepEqual(await outcome('--trusted-root', 'other.pem', '--trusted-root', 'own.pem'), [0, 'ok'])
      for (const wrong of ['empty.pem', 'absent.pem'])
        assert.deepEqual(await outcome('--trusted-root', wrong), [2, undefined])
    },
  )

  it('takes the zip as it was downloaded', async () => {
    writeFileSync(join(cwd, 'sound.zip'), zipOf(SOUND.files, SOUND.name))
    const { exit, out } = await run('sound.zip', '--key', KEY, '--no-judge', '--lang', 'en')
    assert.equal(exit, 0, out)
    assert.ok(out.startsWith(`Verification of the bundle: ${SOUND.name}`))
  })

  it('ends with 3 where a byte was changed, and names the file', async () => {
    const folder = changed((files) => files.set('data/raw/1.json', Buffer.from('{}')))
    const { exit, out } = await run(folder, '--no-judge', '--lang', 'en')
    assert.equal(exit, 3)
    assert.match(out, /Files: failed\n(.*\n)*?.*file changed: data\/raw\/1\.json/)
    assert.match(out, /\n\u2717 Do not rely on this bundle\. .*\n( +\d+ .*\n)* {2}4 Files\n( +\d+ .*\n)*$/)
  })

  it('judges again unless told otherwise, and says where nothing can be', async () => {
    const { exit, out } = await run(written(SOUND.files), '--key', KEY, '--lang', 'en')
    assert.equal(exit, 3)
    assert.match(out, /Verdicts: failed/)
  })

  it('says plainly which key to compare where none is trusted', async () => {
    const { out } = await run(written(SOUND.files), '--no-judge', '--lang', 'en')
    assert.match(out, /Only a key from another source/)
    assert.ok(out.includes(KEY))
  })

  it('reads trusted keys from an argument, a file and a policy', async () => {
    const folder = written(SOUND.files)
    writeFileSync(join(cwd, 'keys.txt'), `${formatVerifierKey(makerKeys('other').log.key)}\n${KEY}\n`)
    writeFileSync(join(cwd, 'policy.txt'), `log ${KEY}\nquorum none\n`)
    writeFileSync(join(cwd, 'other.txt'), `${formatVerifierKey(makerKeys('other').log.key)}\n`)
    for (const trust of [
      ['--key', KEY],
      ['--key', 'keys.txt'],
      ['--policy', 'policy.txt'],
    ])
      assert.equal((await run(folder, '--no-judge', ...trust)).exit, 0, trust.join(' '))
    const { exit, out } = await run(folder, '--no-judge', '--key', 'other.txt', '--lang', 'en')
    assert.equal(exit, 3)
    assert.match(out, /signed with a key that you do not trust/)
  })

  it('gives the steps as JSON', async () => {
    const { exit, out } = await run(
      changed((files) => void files.delete('data/raw/0.json')),
      '--no-judge',
      '--json',
    )
    const { sound, steps } = JSON.parse(out) as {
      readonly sound: boolean
      readonly steps: readonly { readonly step: string; readonly outcome: string; readonly problem_count: number }[]
    }
    assert.equal(exit, 3)
    assert.equal(sound, false)
    assert.equal(steps.length, BUNDLE_STEPS.length)
    assert.deepEqual(steps.find(({ step }) => step === 'list')?.problem_count, 1)
  })

  it('makes hostile names printable', async () => {
    const folder = changed((files) => {
      edit(files, 'data/bundle.json', (text) => text.replace('"name":"kuager-made-r1"', '"name":"a"'))
      relist(files)
    })
    writeFileSync(join(cwd, folder, 'data/raw/\u001b[31m\u202e.json'), '{}')
    const { out } = await run(folder, '--no-judge', '--lang', 'en')
    assert.match(out, /not safe on every system: data\/raw\/\ufffd\[31m/)
    assert.doesNotMatch(out, /[\u001b\u202e]/)
  })

  it(
    'follows no link and opens no device of a folder',
    { skip: process.platform === 'win32' ? 'POSIX files' : false },
    async () => {
      const folder = changed((files) => void files.delete('data/raw/0.json'))
      await symlink('/etc/passwd', join(cwd, folder, 'data/raw/0.json'))
      await symlink('/', join(cwd, folder, 'data/tree'))
      execFileSync('mkfifo', [join(cwd, folder, 'data/pipe')])
      const { exit, out } = await run(folder, '--no-judge', '--lang', 'en')
      assert.equal(exit, 3)
      for (const path of ['data/raw/0.json', 'data/tree', 'data/pipe'])
        assert.ok(out.includes(`a link or another entry that is not a file: ${path}`), out)
    },
  )

  it('looks no deeper into a folder than a bundle goes', async () => {
    const folder = changed(() => undefined)
    mkdirSync(join(cwd, folder, 'data', ...Array.from({ length: 100 }, () => 'd')), { recursive: true })
    const { exit, out } = await run(folder, '--no-judge', '--lang', 'en')
    assert.equal(exit, 3)
    assert.match(out, /more nested folders than a bundle may have/)
  })

  it(
    'tells the person who packed the folder again to unpack it',
    { skip: hasProgram('python3') ? false : 'python3: not installed' },
    async () => {
      const folder = written(SOUND.files)
      execFileSync('python3', ['-c', `import shutil; shutil.make_archive('anew', 'zip', '.', '${folder}')`], { cwd })
      const { exit, out } = await run('anew.zip', '--no-judge', '--lang', 'en')
      assert.equal(exit, 3)
      assert.match(out, /unpack it and choose the folder/)
    },
  )

  it('asks for one bundle, and says where there is none', async () => {
    assert.equal((await run()).exit, 2)
    assert.equal((await run('a', 'b')).exit, 2)
    assert.equal((await run('nowhere')).exit, 2)
    assert.equal((await run(written(SOUND.files), '--key', 'no-key')).exit, 2)
    assert.equal((await run(written(SOUND.files), '--most', '-1')).exit, 2)
  })

  it('has words for everything that can be found, and for nothing else', () => {
    const lists = {
      step: BUNDLE_STEPS,
      meaning: BUNDLE_STEPS,
      problem: BUNDLE_PROBLEMS,
      note: BUNDLE_NOTES,
      fact: Object.keys(BUNDLE_FACTS),
    }
    for (const [kind, codes] of Object.entries(lists)) {
      const written = Object.keys(CATALOGUE.en).filter((key) => key.startsWith(`bundle.${kind}.`))
      assert.deepEqual(written.toSorted(), codes.map((code) => `bundle.${kind}.${code}`).toSorted(), kind)
    }
  })
})
