import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleOptions } from '../../../test/kit/site/site-sample.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import type { CheckedCopy, CopyProblem } from '../../core/evidence/copy/verification.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { copyCommands } from '../../site/verify/page/verify.ts'
import { ONE_FILE_BYTES } from '../../site/mirror/one-file.ts'
import { LANGS } from '../../core/text/lang.ts'
import { runCommand } from '../main.ts'
import { openMirrorKey, readMirrorKey, type MirrorKey } from '../../app/proof/mirror-key.ts'
import { isCopySound, verifyMirror } from './verify-mirror.ts'
import { writeMirror } from '../../app/proof/write-mirror.ts'
import { writeOneFile } from '../../app/proof/write-one-file.ts'

const signal = new AbortController().signal
/** Blocks of commands of docs/operating/mirror.md, by the word behind `sh`. */
const commandsFor = (what: string): string => {
  const page = readFileSync(new URL('../../../docs/operating/mirror.md', import.meta.url), 'utf8')
  return new RegExp(`^\`\`\`sh ${what}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? assert.fail(`no commands for ${what}`)
}
/** Text of a page without its entities. */
const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
const problemsOf = ({ steps }: CheckedCopy): readonly CopyProblem[] =>
  steps.flatMap(({ problems }) => problems.map(({ problem }) => problem))

describe('copies of the site', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-mirror-'))
  const out = join(root, 'out')
  const file = join(root, 'today.html')
  let key: MirrorKey
  let now: ReturnType<Awaited<ReturnType<typeof sampleOptions>>['clock']['now']>
  before(async () => {
    const site = await sampleOptions({ simulated: true })
    now = site.clock.now()
    key = await openMirrorKey(join(root, 'data'), 'kuager.example/mirror')
    await writeMirror({ site, out, key, madeAt: now, signal })
    await writeOneFile({ site, out: file, key, madeAt: now, langs: LANGS })
  })
  after(() => rmSync(root, { recursive: true }))

  const verify = (path: string, trusted = [key.verifier]): Promise<CheckedCopy> =>
    verifyMirror(path, { trusted, now }, { cwd: root, signal })
  const withChange = async (
    path: string,
    change: (bytes: Buffer) => Buffer,
    of: string = out,
  ): Promise<CheckedCopy> => {
    const target = path === '' ? of : join(of, path)
    const bytes = readFileSync(target)
    writeFileSync(target, change(Buffer.from(bytes)))
    try {
      return await verify(of)
    } finally {
      writeFileSync(target, bytes)
    }
  }
  const flip = (at: number) => (bytes: Buffer) => {
    const place = at < 0 ? bytes.length + at : at
    bytes[place] = (bytes[place] ?? 0) ^ 1
    return bytes
  }

  it('verify, and say that they are simulated', async () => {
    for (const path of [out, file]) {
      const checked = await verify(path)
      assert.deepEqual(problemsOf(checked), [])
      assert.ok(isCopySound(checked))
      assert.equal(checked.statement?.simulated, true)
    }
  })

  it('fail with any flipped, dropped or added byte or file', async () => {
    const page = join('kk', 'incidents', 'index.html')
    assert.deepEqual(problemsOf(await withChange(page, flip(100))), ['changed'])
    assert.deepEqual(problemsOf(await withChange(page, (bytes) => bytes.subarray(1))), ['changed'])
    assert.deepEqual(problemsOf(await withChange(page, (bytes) => Buffer.concat([bytes, Buffer.from(' ')]))), [
      'changed',
    ])
    assert.deepEqual(problemsOf(await withChange('MANIFEST.note', flip(10))), [
      'note-form',
      'bad-signature',
      'unknown-key',
    ])
    // Another digit than the first one: without digits it is not a list.
    const otherDigit = (bytes: Buffer): Buffer => {
      bytes[0] = bytes[0] === 0x30 ? 0x31 : 0x30
      return bytes
    }
    assert.ok(problemsOf(await withChange('MANIFEST.sha256', otherDigit)).includes('list-changed'))
    renameSync(join(out, page), join(root, 'aside'))
    assert.deepEqual(problemsOf(await verify(out)), ['missing'])
    renameSync(join(root, 'aside'), join(out, page))
    writeFileSync(join(out, 'extra.html'), '')
    symlinkSync('/etc/passwd', join(out, 'link'))
    assert.deepEqual(problemsOf(await verify(out)), ['extra', 'no-file'])
    rmSync(join(out, 'extra.html'))
    rmSync(join(out, 'link'))
    assert.deepEqual(problemsOf(await verify(out)), [])
  })

  it('give every step after any earlier one', async () => {
    renameSync(join(out, 'MANIFEST.note'), join(root, 'aside'))
    writeFileSync(join(out, 'extra.html'), '')
    const checked = await verify(out)
    assert.deepEqual(problemsOf(checked), ['no-note', 'extra'])
    assert.equal(checked.steps.length, 7)
    rmSync(join(out, 'extra.html'))
    renameSync(join(root, 'aside'), join(out, 'MANIFEST.note'))
  })

  it('of one file fail with a byte flipped anywhere', async () => {
    const bytes = readFileSync(file)
    assert.ok(bytes.length < ONE_FILE_BYTES)
    const noteAt = bytes.indexOf('<!--kuager-note')
    for (const at of [0, 5000, Math.floor(bytes.length / 2), noteAt + 20, noteAt + 60, bytes.length - 250, -1])
      assert.equal(isCopySound(await withChange('', flip(at), file)), false, String(at))
    const hidden = (before: string, after: string) => (whole: Buffer) =>
      Buffer.from(whole.toString('utf8').replace(before, after))
    for (const change of [
      hidden('\n<!--kuager-note\n', '\n<!--kuager-note\n--><p>more</p><!--\n'),
      hidden('\n<!--kuager-note\n', '\n<!--kuager-note\n-->\n<p>more</p>\n<!--kuager-note\n'),
      hidden('</html>', '<p>more</p></html>'),
    ])
      assert.equal(isCopySound(await withChange('', change, file)), false)
  })

  it('are distinguished from those of an unknown key, and an unchecked key is no checked one', async () => {
    const other = await openMirrorKey(join(root, 'other'), 'kuager.example/mirror')
    assert.deepEqual(problemsOf(await verify(out, [other.verifier])), ['unknown-key'])
    assert.deepEqual(problemsOf(await verify(out, [])), ['no-trust'])
    assert.deepEqual(problemsOf(await verify(file, [])), ['no-signature', 'no-trust'])
  })

  it('verify by sha256sum and openssl as the page for operators says', () => {
    const run = (commands: string, env: Readonly<Record<string, string>>): string =>
      execFileSync('bash', ['-euo', 'pipefail', '-c', commands.replaceAll('/tmp/kuager', join(root, 'kuager'))], {
        cwd: out,
        env: { PATH: process.env['PATH'] ?? '', KEY: key.line, ...env },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    assert.match(run(commandsFor('folder'), {}), /Signature Verified Successfully\nsha256 [0-9a-f]{64}\n$/)
    assert.match(run(commandsFor('file'), { FILE: file }), /Signature Verified Successfully\nsha256 [0-9a-f]{64}\n$/)
    const changed = join(root, 'changed.html')
    writeFileSync(changed, readFileSync(file, 'utf8').replace('Kuager', 'Kuagar'))
    assert.throws(() => run(commandsFor('file'), { FILE: changed }))
  })

  it('verify by the commands exactly as the page on verifying prints them', () => {
    const printed = String(copyCommands('kk', { ...PLAIN_FRAME, mirrorKey: key.line }))
    const lines = [...printed.matchAll(/<code>(.*?)<\/code>/gs)].map(([, line = '']) =>
      unescaped(line.replaceAll(/<[^>]*>/g, '')),
    )
    const byHand = lines.filter((line) => !line.startsWith('npx '))
    assert.equal(byHand.length, lines.length - 2)
    const script = byHand
      .join('\n')
      .replaceAll('/tmp/', `${root}/printed-`)
      .replaceAll('FILE.html', file)
      .replaceAll(' DIR', ` ${out}`)
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8' })
    assert.match(said, /^(?:Signature Verified Successfully\nsha256 [0-9a-f]{64}\n){2}$/)
  })

  it('of one file verify by the commands that are in them, with a key from elsewhere and with no other', async () => {
    const page = readFileSync(file, 'utf8')
    assert.ok(!page.includes(key.line), 'the page names a key to trust')
    const [, commands = ''] = [...page.matchAll(/<pre class="mono">([^]*?)<\/pre>/g)].map(([, text = '']) =>
      unescaped(text),
    )
    const run = (line: string, name: string): string =>
      execFileSync(
        'bash',
        ['-euo', 'pipefail', '-c', commands.replaceAll('/tmp/', `${root}/own-`).replaceAll('FILE.html', name)],
        {
          env: { PATH: process.env['PATH'] ?? '', KEY: line },
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      )
    assert.match(run(key.line, file), /^Signature Verified Successfully\nsha256 [0-9a-f]{64}\n$/)
    const other = await openMirrorKey(join(root, 'other'), 'kuager.example/mirror')
    assert.throws(() => run(other.line, file))
  })

  it('say in each page that no other site learns of it: no server says so for them', () => {
    for (const path of [file, join(out, 'index.html'), join(out, 'kk', 'incidents', 'index.html')])
      assert.match(readFileSync(path, 'utf8'), /<meta name="referrer" content="no-referrer"/, path)
  })

  it('can be read by the person who is to hand them on', () => {
    for (const path of [file, join(out, 'index.html')]) assert.equal(statSync(path).mode & 0o004, 0o004, path)
  })

  it('are signed by a key that its owner alone can read, and that stays', async () => {
    assert.equal(statSync(join(root, 'data', 'keys', 'mirror.key')).mode & 0o777, 0o600)
    assert.equal((await openMirrorKey(join(root, 'data'), 'another/name')).line, key.line)
    assert.equal((await readMirrorKey(join(root, 'data')))?.line, key.line)
    writeFileSync(join(root, 'data', 'keys', 'mirror.key'), 'PRIVATE+KEY+a+00000000+AAAA\n')
    await assert.rejects(readMirrorKey(join(root, 'data')))
  })

  it('are verified by the command, which ends with 3 if a problem was found', async () => {
    const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> => {
      let said = ''
      const code = await runCommand(
        ['mirror', ...args],
        testWorld(root, (text) => (said += text)),
      )
      return { code, said }
    }
    const good = await run('--verify', 'out', '--trust', key.line, '--lang', 'en')
    assert.equal(good.code, 0, good.said)
    assert.match(
      good.said,
      /^Signed note: ok\nSignature: ok\nKey: ok\nList: ok\nFiles: ok\nOther files: ok\nTime: ok\n/,
    )
    assert.match(good.said, /Simulated/)
    assert.equal((await run('--verify', 'today.html', '--trust', key.line)).code, 0)
    assert.equal((await run('--verify', 'out', '--folder', 'nowhere')).code, 3)
    assert.equal((await run('--verify', 'nowhere', '--trust', key.line)).code, 2)
    assert.equal((await run('--verify', 'out', '--trust', 'nonsense')).code, 2)
    assert.equal((await run('--verify', 'out', '--out', 'x')).code, 2)
    assert.equal((await run('--out', 'x', '--folder', 'nowhere')).code, 2)
  })
})
