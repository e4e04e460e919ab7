import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { PACKAGE_ROOT } from '../../../runtime/files/package-root.ts'
import {
  checkNote,
  formatVerifierKey,
  keyId,
  parseNote,
  parseVerifierKey,
  signNote,
  type VerifierKey,
} from './signed-note.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const good = (note: string, keys: readonly VerifierKey[]): readonly string[] =>
  checkNote(parseNote(bytes(note)), keys, verifyEd25519).good.map(({ name }) => name)

/** Example of https://c2sp.org/signed-note. */
const SPEC = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note: 'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
}
/** A checkpoint with two signatures that Go's sumdb accepted; the second is of another type. */
const LOG = {
  seed: sha256(bytes('kuager test log key')),
  vkey: 'kuager.example/log1+f301a76d+AahMdhK8zu2Heur/927+E4zvFgYYIXmC2diiK/j8L43Y',
  text: 'kuager.example/log1\n5\n/hSlQm+9cMD6c/UjQq/tDaC9I8SDhmLM9riKMHDq2Xs=\n',
  lines:
    '\u2014 kuager.example/log1 8wGnbeQ8wktQNoH+Ve7+m8r9jsscwRoTakAqhnJIkn3z/14iUIEWJpxLTkf7fDA/LTM3q6mZS7VaReSW0QGY8nhp6gc=\n' +
    '\u2014 witness.example/w1 nmL2BgAAAABpqUFg9I+wBWk7uZ8IO6fSYOQii1XvtOjkbJ5U9ohi6BPHbwJWpd8wnWEVgeVPt1peZn1QXG1OPyCK5m+CER9XtjOwCA==\n',
}
const signer = (seed: Uint8Array, name: string) => ({
  name,
  id: keyId(name, publicKeyOf(seed), sha256),
  sign: (message: Uint8Array) => signEd25519(seed, message),
})

describe('signed notes', () => {
  it('verify the example of the specification', () => {
    assert.deepEqual(good(SPEC.note, [parseVerifierKey(SPEC.vkey, sha256)]), ['example.com/foo'])
  })

  it('are signed byte for byte as Go signs them', () => {
    const name = 'kuager.example/log1'
    const key = { name, id: keyId(name, publicKeyOf(LOG.seed), sha256), publicKey: publicKeyOf(LOG.seed) }
    assert.equal(formatVerifierKey(key), LOG.vkey)
    assert.equal(signNote(LOG.text, signer(LOG.seed, name)), `${LOG.text}\n${LOG.lines.split('\n')[0]}\n`)
    assert.deepEqual(good(`${LOG.text}\n${LOG.lines}`, [key]), [name])
  })

  it('agree with notes that Go signed, and refuse the keys that it refuses', () => {
    // Ours are made by test/kit/go/notes/main.go; those of others are read where they are there.
    const files = ['test/golden/notes.json', '../shared/data/tlog/golden-notes.json'].map((name) =>
      join(PACKAGE_ROOT, name),
    )
    for (const file of files.filter((path) => existsSync(path))) {
      const golden = JSON.parse(readFileSync(file, 'utf8')) as {
        readonly notes: readonly { readonly vkey: string; readonly text: string; readonly sig: string }[]
        readonly badVkeys: readonly string[]
      }
      for (const { vkey, text, sig } of golden.notes) {
        const key = parseVerifierKey(vkey, sha256)
        assert.equal(formatVerifierKey(key), vkey)
        assert.deepEqual(good(`${text}\n${sig}`, [key]), [key.name])
      }
      for (const wrong of golden.badVkeys) assert.throws(() => parseVerifierKey(wrong, sha256), InputError)
    }
  })

  it('fail by any changed byte', () => {
    const key = parseVerifierKey(SPEC.vkey, sha256)
    const whole = bytes(SPEC.note)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const changed = whole.slice()
        changed[place] = (changed[place] ?? 0) ^ by
        try {
          assert.deepEqual(checkNote(parseNote(changed), [key], verifyEd25519).good, [])
        } catch (error) {
          if (!(error instanceof InputError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })

  it('tell a false signature of a known key from one of an unknown key', () => {
    const key = parseVerifierKey(SPEC.vkey, sha256)
    const forged = parseNote(bytes(SPEC.note.replace('example message', 'exemplary message')))
    assert.deepEqual(checkNote(forged, [key], verifyEd25519), { good: [], bad: [key] })
    const other = { ...key, name: 'example.com/bar' }
    assert.deepEqual(checkNote(parseNote(bytes(SPEC.note)), [other], verifyEd25519), { good: [], bad: [] })
  })

  it('are split at the last empty line, and the signature covers the text before it', () => {
    const one = signer(LOG.seed, 'a')
    const note = signNote('first\n\nsecond\n', one)
    assert.equal(parseNote(bytes(note)).text, 'first\n\nsecond\n')
  })

  it('are refused where they are none', () => {
    const many = SPEC.note + `${SPEC.note.split('\n')[2]}\n`.repeat(64)
    for (const wrong of [
      '',
      'text\n',
      'text\n\n',
      'text\n\n\u2014 name\n',
      'text\n\n\u2014 name AAAA\n',
      'text\n\n- name AAAAAAAA\n',
      'text\n\n\u2014 na+me AAAAAAAA\n',
      'text\n\n\u2014 name AAAAAAA=\nmore',
      'te\txt\n\n\u2014 name AAAAAAAA\n',
      'te\rxt\n\n\u2014 name AAAAAAAA\n',
      many,
    ])
      assert.throws(() => parseNote(bytes(wrong)), InputError, JSON.stringify(wrong.slice(0, 60)))
    assert.throws(() => parseNote(Uint8Array.from([0xff, 10, 10, 10])), InputError)
    assert.throws(() => signNote('no line feed', signer(LOG.seed, 'a')), InputError)
  })

  it('have keys that are read strictly', () => {
    for (const wrong of [
      '',
      'name',
      'na me+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
      SPEC.vkey.replace('530d903a', '530d903b'),
      SPEC.vkey.slice(0, -1),
      `${SPEC.vkey}=`,
      `${SPEC.vkey}\n`,
    ])
      assert.throws(() => parseVerifierKey(wrong, sha256), InputError, wrong)
  })
})
