import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { formatManifest, MANIFEST, MANIFEST_KEY, MANIFEST_NOTE } from '../../core/evidence/copy/manifest.ts'
import { formatCopyStatement } from '../../core/evidence/copy/note.ts'
import { signNote } from '../../core/evidence/log/signed-note.ts'
import { parseInstant, parseSha256 } from '../../core/model/units.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { openMirrorKey, type MirrorKey } from '../../app/proof/mirror-key.ts'
import { isCopySound, verifiedText, verifyMirror } from './verify-mirror.ts'

const NOW = parseInstant('2026-03-05T12:00:00Z')
const digest = (text: string): ReturnType<typeof parseSha256> =>
  parseSha256(Buffer.from(sha256(Buffer.from(text))).toString('hex'))
const PAGES = { 'a.html': 'one', 'b.html': 'two' } as const

describe('a forged copy', () => {
  let root: string
  let own: MirrorKey
  let foreign: MirrorKey
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-forged-copy-'))
    own = await openMirrorKey(join(root, 'own'), 'kuager.example/mirror')
    foreign = await openMirrorKey(join(root, 'foreign'), 'kuager.example/mirror')
  })
  after(() => rm(root, { recursive: true }))

  /** A copy of two pages with a list that a forger may have written again. */
  async function copyOf(
    list: string,
    key: MirrorKey,
    files: Readonly<Record<string, string>> = PAGES,
  ): Promise<string> {
    const folder = await mkdtemp(join(root, 'copy-'))
    const counts = { files: 2, bytes: 6, sha256: digest(list) }
    const statement = formatCopyStatement({ kind: 'folder', madeAt: NOW, simulated: false, ...counts })
    const parts = {
      ...files,
      [MANIFEST]: list,
      [MANIFEST_NOTE]: signNote(statement, key.signer),
      [MANIFEST_KEY]: key.line,
    }
    for (const [path, text] of Object.entries(parts)) await writeFile(join(folder, path), text)
    return folder
  }
  const listOf = (files: Readonly<Record<string, string>>): string =>
    formatManifest(Object.entries(files).map(([path, text]) => ({ path, sha256: digest(text) })))
  const LIST = listOf(PAGES)
  async function failed(folder: string, trusted = [own.verifier]): Promise<readonly string[]> {
    const checked = await verifyMirror(
      folder,
      { trusted, now: NOW },
      { cwd: root, signal: AbortSignal.timeout(10_000) },
    )
    assert.equal(
      isCopySound(checked),
      checked.steps.every(({ outcome }) => outcome === 'ok'),
    )
    return checked.steps.flatMap(({ step, outcome, problems }) =>
      outcome === 'ok' ? [] : [`${step}: ${problems.map(({ problem }) => problem).join(' ')}`.trim()],
    )
  }

  it('is distinguished from a whole one', async () => {
    assert.deepEqual(await failed(await copyOf(LIST, own)), [])
  })

  it('with two files exchanged is found out', async () => {
    assert.deepEqual(await failed(await copyOf(LIST, own, { 'a.html': 'two', 'b.html': 'one' })), [
      'files: changed changed',
    ])
  })

  it('with a key of the same name is not signed by a key that the reader trusts', async () => {
    const folder = await copyOf(LIST, foreign)
    assert.deepEqual(await failed(folder), ['key: unknown-key'])
    assert.deepEqual(await failed(folder, []), ['key: no-trust'])
    // The line of the right key next to a signature of another proves nothing either.
    await writeFile(join(folder, MANIFEST_KEY), own.line)
    assert.deepEqual(await failed(folder), ['signature: no-signature', 'key: unknown-key'])
  })

  it('with a list of another form fails, though that very list is signed', async () => {
    const [first = '', second = ''] = LIST.split(/(?<=\n)/)
    const forms = {
      'ends of lines of another system': LIST.replaceAll('\n', '\r\n'),
      'a mark before the first line': `\ufeff${LIST}`,
      'a file twice': first + first + second,
      'another order': second + first,
      'a path that leads out': LIST.replace('b.html', '../b.html'),
      'a path with the other slash': LIST.replace('b.html', 'x\\b.html'),
      'a name that looks like another': LIST.replace('a.html', '\u0430.html'),
      'a name that a system takes for the same': LIST.replace('b.html', 'b.html.'),
      'no end': LIST.trimEnd(),
    }
    for (const [name, list] of Object.entries(forms)) {
      const found = await failed(await copyOf(list, own))
      assert.ok(found.length > 0, name)
    }
  })

  it('with files beside the list, or links in their place, is not sound', async () => {
    const folder = await copyOf(LIST, own)
    await writeFile(join(folder, 'c.html'), 'three')
    assert.deepEqual(await failed(folder), ['others: extra'])
    await rm(join(folder, 'c.html'))
    await rm(join(folder, 'b.html'))
    await writeFile(join(root, 'elsewhere'), 'two')
    await symlink(join(root, 'elsewhere'), join(folder, 'b.html'))
    assert.deepEqual(await failed(folder), ['files: missing', 'others: no-file'])
  })

  it('cannot write into the terminal of the person who checks it', () => {
    const { publicKey } = foreign.verifier
    const key = { name: 'a\u202eb\u200f', id: '00000000', publicKey }
    const statement = { kind: 'folder', madeAt: NOW, simulated: false, files: 1, bytes: 1, sha256: digest('') } as const
    const problems = [{ problem: 'extra', about: '\u001b[2K\rok\u202e' }] as const
    const steps = [{ step: 'others', outcome: 'failed', problems }] as const
    const text = verifiedText('en', { steps, statement, signedBy: [key] }, NOW)
    assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}/u)
  })
})
