import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { checkMinisign, parseMinisignKey, signMinisign } from '../../core/evidence/minisign.ts'
import { publicKeyOf, signEd25519, verifyEd25519 } from '../../runtime/ed25519.ts'
import { runCommand } from '../main.ts'

const skip = hasProgram('minisign') ? false : 'needs minisign'

describe('kuager release', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-release-'))
  let said = ''
  const release = async (...args: readonly string[]): Promise<number> => {
    said = ''
    return runCommand(
      ['release', ...args],
      testWorld(root, (text) => (said += text)),
    )
  }
  let key = ''
  before(async () => {
    assert.equal(await release('key', 'secret'), 0)
    key = said.trim()
    execFileSync('mkdir', [join(root, 'out')])
    writeFileSync(join(root, 'out', 'program'), Buffer.alloc(3_000_000, 'probe'))
    writeFileSync(join(root, 'out', 'SHA256SUMS'), 'sums\n')
    assert.equal(await release('sign', 'out', '--key', 'secret', '--comment', 'kuager 0.2.0'), 0)
  })
  after(() => rmSync(root, { recursive: true }))

  it('makes signatures that minisign itself accepts', { skip }, () => {
    for (const name of ['program', 'SHA256SUMS']) {
      const text = execFileSync('minisign', ['-V', '-H', '-m', join(root, 'out', name), '-P', key], {
        encoding: 'utf8',
      })
      assert.match(text, new RegExp(`Trusted comment: kuager 0\\.2\\.0 file:${name}`))
    }
  })

  it('accepts what minisign signed, and nothing else', { skip }, async () => {
    writeFileSync(join(root, 'other'), 'another file')
    const at = (name: string): string => join(root, name)
    execFileSync('minisign', ['-G', '-W', '-f', '-p', at('their.pub'), '-s', at('their.key')])
    execFileSync('minisign', ['-S', '-s', at('their.key'), '-m', at('other'), '-t', 'by hand'])
    const theirs = readFileSync(at('their.pub'), 'utf8').split('\n')[1] ?? ''
    assert.equal(await release('verify', 'other', '--public-key', theirs), 0)
    assert.equal(said, 'Signed: by hand\n')
    assert.equal(await release('verify', 'other', '--public-key', key), 3)
    writeFileSync(at('other'), 'another filf')
    assert.equal(await release('verify', 'other', '--public-key', theirs), 3)
  })

  it('keeps the secret from others, and never writes over a key', async () => {
    assert.equal(statSync(join(root, 'secret')).mode & 0o077, 0)
    assert.equal(await release('key', 'secret'), 2)
    assert.match(said, /"secret" is there already/)
    assert.equal(await release('sign', 'out', '--key', 'out/program', '--comment', 'x'), 2)
    assert.match(said, /made by "kuager release key"/)
  })
})

describe('checkMinisign()', () => {
  const seed = new Uint8Array(32).fill(7)
  const id = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])
  const signer = { id, publicKey: publicKeyOf(seed), sign: (message: Uint8Array) => signEd25519(seed, message) }
  const hash = new Uint8Array(64).fill(9)
  const text = signMinisign(hash, signer, 'kuager 1')

  it('refuses every change of a byte of the signature and of its comment', () => {
    assert.deepEqual(checkMinisign(text, hash, signer, verifyEd25519), { comment: 'kuager 1' })
    const from = text.indexOf('\n') + 1 // the first line is signed by no one
    for (let at = from; at < text.length - 1; at++) {
      const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
      assert.equal(checkMinisign(changed, hash, signer, verifyEd25519), undefined, `byte ${at}`)
    }
    assert.equal(checkMinisign(text, new Uint8Array(64), signer, verifyEd25519), undefined)
    assert.throws(() => signMinisign(hash, signer, 'two\nlines'), RangeError)
    assert.equal(parseMinisignKey('RWQ='), undefined)
  })
})
