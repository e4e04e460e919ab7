import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { encodeBase64 } from '../base64.ts'
import { checkpointSigners, checkpointText, parseCheckpoint } from './checkpoint.ts'
import {
  consistencyStretches,
  hashLeaf,
  inclusionStretches,
  rootOf,
  verifyInclusion,
  type SubtreeRange,
} from './merkle.ts'
import { formatVerifierKey, keyId, parseVerifierKey, signNote } from './signed-note.ts'
import { formatTlogProof, parseTlogProof } from './tlog-proof.ts'

// The golden example of entries a to e, accepted by Go's sumdb. Seeds are digests of words.
const ORIGIN = 'kuager.example/log1'
const VKEY = 'kuager.example/log1+f301a76d+AahMdhK8zu2Heur/927+E4zvFgYYIXmC2diiK/j8L43Y'
const WITNESS =
  '\u2014 witness.example/w1 nmL2BgAAAABpqUFg9I+wBWk7uZ8IO6fSYOQii1XvtOjkbJ5U9ohi6BPHbwJWpd8wnWEVgeVPt1peZn1QXG1OPyCK5m+CER9XtjOwCA==\n'
const PROOF = `c2sp.org/tlog-proof@v1
index 2
0HDcW42prqfcD1rUwp2JllIABZyaDOyjq9XaJJLctx0=
sTeYX/SE+2ANuTEHx3sDZcgNePW0Kd7Q/Zc2HQd5mes=
KCSnzNosqnIMhcn7oei1tzXuz9sDh45Pjf5sNiUDC8Q=

kuager.example/log1
5
/hSlQm+9cMD6c/UjQq/tDaC9I8SDhmLM9riKMHDq2Xs=

\u2014 kuager.example/log1 8wGnbeQ8wktQNoH+Ve7+m8r9jsscwRoTakAqhnJIkn3z/14iUIEWJpxLTkf7fDA/LTM3q6mZS7VaReSW0QGY8nhp6gc=
${WITNESS}`

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const digests = ['a', 'b', 'c', 'd', 'e'].map((text) => hashLeaf(bytes(text), sha256))
const of = ({ from, until }: SubtreeRange): Uint8Array => rootOf(digests.slice(from, until), sha256)
const seed = sha256(bytes('kuager test log key'))

describe('the golden example of a log', () => {
  it('is made again byte for byte: key, checkpoint, proof of a leaf', () => {
    const publicKey = publicKeyOf(seed)
    const key = { name: ORIGIN, id: keyId(ORIGIN, publicKey, sha256), publicKey }
    assert.equal(formatVerifierKey(key), VKEY)
    const text = checkpointText({ origin: ORIGIN, size: 5, root: rootOf(digests, sha256) })
    const note = signNote(text, { name: ORIGIN, id: key.id, sign: (message) => signEd25519(seed, message) })
    const path = inclusionStretches(2, 5).map(of)
    assert.equal(formatTlogProof(2, path, `${note}${WITNESS}`), PROOF)
  })

  it('has the roots and the consistency of its smaller trees', () => {
    const root = (size: number): string => encodeBase64(rootOf(digests.slice(0, size), sha256))
    assert.equal(root(3), 'NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=')
    assert.equal(root(4), 'MzdqO9Y+mZNwioTd/mworli4NQXdH+1xG9kk7FpiOfA=')
    const steps = (older: number): readonly string[] =>
      consistencyStretches(older, 5).map((stretch) => encodeBase64(of(stretch)))
    assert.deepEqual(steps(4), ['KCSnzNosqnIMhcn7oei1tzXuz9sDh45Pjf5sNiUDC8Q='])
    assert.deepEqual(steps(3), [
      'WX/LMSgtNGVMIA00GPylcFxkjr8ybsc9jd7xGEH4dtg=',
      '0HDcW42prqfcD1rUwp2JllIABZyaDOyjq9XaJJLctx0=',
      'sTeYX/SE+2ANuTEHx3sDZcgNePW0Kd7Q/Zc2HQd5mes=',
      'KCSnzNosqnIMhcn7oei1tzXuz9sDh45Pjf5sNiUDC8Q=',
    ])
  })

  it('is signed as node:crypto signs, without our code', () => {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    const { checkpoint } = parseTlogProof(bytes(PROOF))
    const [own] = checkpoint.note.signatures
    assert.deepEqual(Buffer.from(own?.signature ?? []), sign(null, Buffer.from(checkpoint.note.text), key))
    assert.equal(createPublicKey(key).asymmetricKeyType, 'ed25519')
  })
})

describe('parseTlogProof()', () => {
  it('reads a proof that then holds, and none in which a byte was changed', () => {
    const key = parseVerifierKey(VKEY, sha256)
    const holds = (file: Uint8Array): boolean => {
      const { index, path, checkpoint } = parseTlogProof(file)
      const claim = {
        index: BigInt(index),
        size: BigInt(checkpoint.size),
        leaf: hashLeaf(bytes('c'), sha256),
        path,
        root: checkpoint.root,
      }
      return checkpointSigners(checkpoint, [key], verifyEd25519).length === 1 && verifyInclusion(claim, sha256)
    }
    const whole = bytes(PROOF)
    assert.ok(holds(whole))
    const witness = bytes(PROOF.slice(0, PROOF.indexOf(WITNESS))).length
    fc.assert(
      fc.property(fc.nat(witness - 1), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = whole.slice()
        changed[place] = (changed[place] ?? 0) ^ by
        try {
          assert.equal(holds(changed), false)
        } catch (error) {
          if (!(error instanceof InputError)) throw error
        }
      }),
      { numRuns: 800 },
    )
  })

  it('passes over an extra line and trusts nothing of it; refuses every other form', () => {
    const extra = PROOF.replace('index 2', 'extra aGVsbG8=\nindex 2')
    assert.equal(parseTlogProof(bytes(extra)).index, 2)
    for (const wrong of [
      '',
      PROOF.replace('@v1', '@v2'),
      PROOF.replace('index 2', 'index 02'),
      PROOF.replace('index 2', 'index -1'),
      PROOF.replace('index 2', 'extra !\nindex 2'),
      PROOF.replace('index 2\n', ''),
      PROOF.replace('0HDc', '0HD'),
      PROOF.replace('\n\n', '\n'),
      PROOF.replace('index 2\n', `index 2\n${'0HDcW42prqfcD1rUwp2JllIABZyaDOyjq9XaJJLctx0=\n'.repeat(64)}`),
    ])
      assert.throws(() => parseTlogProof(bytes(wrong)), InputError, wrong.slice(0, 60))
    assert.throws(() => parseTlogProof(new Uint8Array(300_000)), InputError)
  })
})

describe('parseCheckpoint()', () => {
  it('refuses sizes that are no plain numbers, roots of another length and extension lines', () => {
    const { checkpointBytes } = parseTlogProof(bytes(PROOF))
    const text = new TextDecoder().decode(checkpointBytes)
    for (const wrong of [
      text.replace('\n5\n', '\n05\n'),
      text.replace('\n5\n', '\n-5\n'),
      text.replace('\n5\n', '\n9007199254740993\n'),
      text.replace('/hSl', '/hS'),
      text.replace('2Xs=\n', '2Xs=\nmore\n'),
      text.replace('kuager.example/log1\n', 'kuager example\n'),
    ])
      assert.throws(() => parseCheckpoint(bytes(wrong)), InputError, wrong.slice(0, 60))
  })
})
