import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { TestWitness } from '../../../../test/kit/servers/witness.ts'
import { InputError } from '../../model/errors.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { checkpointText, parseCheckpoint } from '../log/checkpoint.ts'
import { keyId } from '../log/signed-note.ts'
import {
  addCosignatures,
  checkCosignature,
  formatSignatureLine,
  parseSignatureLines,
  withoutCosignatures,
} from './cosignature.ts'
import { parseWitnessKey } from './witness-key.ts'

/** Accepted by Go's package for notes; evidence of the field. */
const GOLDEN = `kuager.example/log1
5
/hSlQm+9cMD6c/UjQq/tDaC9I8SDhmLM9riKMHDq2Xs=

\u2014 kuager.example/log1 8wGnbeQ8wktQNoH+Ve7+m8r9jsscwRoTakAqhnJIkn3z/14iUIEWJpxLTkf7fDA/LTM3q6mZS7VaReSW0QGY8nhp6gc=
\u2014 witness.example/w1 nmL2BgAAAABpqUFg9I+wBWk7uZ8IO6fSYOQii1XvtOjkbJ5U9ohi6BPHbwJWpd8wnWEVgeVPt1peZn1QXG1OPyCK5m+CER9XtjOwCA==
`
const GOLDEN_KEY = 'witness.example/w1+9e62f606+BDxcKJcMVrGQlpVeGZ1ATZez36pKo38u2flESUUp7tTt'

const ORIGIN = 'kuager.example/log'
const SEED = sha256(Buffer.from('log'))
const LOG = { name: ORIGIN, id: keyId(ORIGIN, publicKeyOf(SEED), sha256), publicKey: publicKeyOf(SEED) }
const TEXT = checkpointText({ origin: ORIGIN, size: 5, root: sha256(Buffer.from('root')) })
const OWN = formatSignatureLine({ ...LOG, signature: signEd25519(SEED, Buffer.from(TEXT)) })
const CHECKPOINT = Buffer.from(`${TEXT}\n${OWN}`)
const one = new TestWitness('one.example', [LOG])
const two = new TestWitness('two.example', [LOG])

describe('checkCosignature()', () => {
  it('accepts the golden one, and gives its time', () => {
    const { note } = parseCheckpoint(Buffer.from(GOLDEN))
    const key = parseWitnessKey(GOLDEN_KEY, sha256)
    const found = note.signatures.map((line) => checkCosignature(note.text, line, { key, verify: verifyEd25519 }))
    assert.deepEqual(found, [{ kind: 'other' }, { kind: 'good', at: 1_772_700_000_000 }])
  })

  it('refuses it for any other text, time or signature', () => {
    const [line] = parseSignatureLines(Buffer.from(one.cosign(TEXT)))
    const check = (text: string, signature: Uint8Array) =>
      checkCosignature(text, { ...line!, signature }, { key: one.key, verify: verifyEd25519 }).kind // one line was parsed
    const { signature } = line!
    assert.equal(check(TEXT, signature), 'good')
    assert.equal(check(`${TEXT} `, signature), 'false')
    for (let at = 0; at < signature.length; at++)
      assert.equal(
        check(
          TEXT,
          signature.map((byte, place) => (place === at ? byte ^ 1 : byte)),
        ),
        'false',
        `byte ${at}`,
      )
    assert.equal(check(TEXT, signature.slice(0, 71)), 'false')
    assert.equal(check(TEXT, signature.slice(8)), 'false')
  })

  it('knows a log signature by the same seed for no cosignature', () => {
    const signature = Uint8Array.from([
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      ...signEd25519(sha256(Buffer.from('seed of one.example')), Buffer.from(TEXT)),
    ])
    const line = { name: one.key.name, id: one.key.id, signature }
    assert.equal(checkCosignature(TEXT, line, { key: one.key, verify: verifyEd25519 }).kind, 'false')
  })
})

describe('addCosignatures()', () => {
  const lines = (...texts: readonly string[]) => parseSignatureLines(Buffer.from(texts.join('')))

  it('adds lines below those that stand there, and leaves the text', () => {
    const added = addCosignatures(CHECKPOINT, lines(one.cosign(TEXT), two.cosign(TEXT)))
    assert.equal(Buffer.from(added).toString(), `${TEXT}\n${OWN}${one.cosign(TEXT)}${two.cosign(TEXT)}`)
    assert.deepEqual(Buffer.from(withoutCosignatures(added)), CHECKPOINT)
  })

  it('puts a newer line of a witness in the place of the older one', () => {
    const first = addCosignatures(CHECKPOINT, lines(one.cosign(TEXT, 10), two.cosign(TEXT, 10)))
    const second = addCosignatures(first, lines(one.cosign(TEXT, 20)))
    assert.equal(Buffer.from(second).toString(), `${TEXT}\n${OWN}${two.cosign(TEXT, 10)}${one.cosign(TEXT, 20)}`)
  })

  it('refuses what is no checkpoint and what are no signature lines', () => {
    assert.throws(() => addCosignatures(Buffer.from('text\n\n'), []), InputError)
    for (const text of ['', 'hello\n', `${one.cosign(TEXT)}\n`, '\u2014 one.example AAAA\n', 'x'.repeat(70_000)])
      assert.throws(() => parseSignatureLines(Buffer.from(text)), InputError)
  })
})

const GO = '/usr/share/gocode'
const without =
  hasProgram('go') && existsSync(`${GO}/src/golang.org/x/mod`) ? false : 'needs golang-go and golang-golang-x-mod-dev'

describe("Go's package for notes", { skip: without }, () => {
  it('accepts cosignatures as they stand under a checkpoint, and refuses a false one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-go-'))
    try {
      const program = join(folder, 'check')
      const source = fileURLToPath(new URL('../../../../test/kit/go/cosignature/main.go', import.meta.url))
      const env = {
        ...process.env,
        GO111MODULE: 'off',
        GOPATH: GO,
        GOFLAGS: '',
        GOCACHE: join(tmpdir(), 'kuager-go-cache'),
      }
      execFileSync('go', ['build', '-o', program, source], { env, cwd: folder })
      const accepts = (key: string, note: Uint8Array): boolean => {
        writeFileSync(join(folder, 'note'), note)
        try {
          return execFileSync(program, [key, join(folder, 'note')]).toString() === 'cosigned by 1\n'
        } catch {
          return false
        }
      }
      const added = addCosignatures(CHECKPOINT, parseSignatureLines(Buffer.from(one.cosign(TEXT) + two.cosign(TEXT))))
      assert.equal(accepts(GOLDEN_KEY, Buffer.from(GOLDEN)), true)
      assert.equal(accepts(one.line, added), true)
      assert.equal(accepts(two.line, added), true)
      assert.equal(accepts(one.line, CHECKPOINT), false)
      assert.equal(accepts(one.line, Buffer.from(Buffer.from(added).toString().replace('\n5\n', '\n6\n'))), false)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
