import type { World } from '../../runtime/world.ts'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseInstant } from '../../core/model/units.ts'
import { makeKeyPair } from '../../letter/handover/age.ts'
import { sampleLetter } from '../../../test/kit/letter/letter-house.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommandLine } from '../terminal/run-command.ts'
import { command } from './letter.ts'
import { letterExample } from './letter-example.ts'
import { checkLetter, readLetterFile } from '../../letter/letter-file.ts'

const said = (value: unknown): readonly string[] =>
  checkLetter(value).remarks.map(({ path, says }) => `${path} ${says}`)

const run = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['letter'], args, world })

describe('the file of a letter', () => {
  it('is written with remarks, and every gap of it is named until it is filled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-new-'))
    const world = testWorld(folder)
    try {
      assert.equal(await run(['new', '--out', 'l.json', '--id', 'open-net'], world), 0)
      await assert.rejects(run(['new', '--out', 'l.json'], world), { code: 'out.taken' })
      const value = await readLetterFile('l.json', { cwd: folder })
      const remarks = said(value)
      for (const path of ['/title/kk', '/text/ru', '/consent/text/en', '/publisher/contacts/0/value', '/keys/layers'])
        assert.ok(
          remarks.some((one) => one.startsWith(path)),
          path,
        )
      assert.ok(remarks.includes('/keys/layers names no one who can open the signatures yet: kuager letter keys add'))
      const filled = letterExample('open-net', parseInstant('2026-03-05T10:00:00Z')).replaceAll(/[‹›]/g, '')
      writeFileSync(join(folder, 'f.json'), filled)
      assert.equal(await run(['keys', 'new', '--holder', 'A', '--out', 'a.key'], world), 0)
      assert.equal(statSync(join(folder, 'a.key')).mode & 0o777, 0o600)
      const { recipient } = await makeKeyPair({ hybrid: false })
      const names = ['--kk', 'А', '--ru', 'Б', '--en', 'C']
      assert.equal(await run(['keys', 'add', 'f.json', '--recipient', recipient, ...names], world), 0)
      assert.notEqual(checkLetter(await readLetterFile('f.json', { cwd: folder })).letter, undefined)
      for (const layer of ['1', '2'])
        await assert.rejects(
          run(['keys', 'add', 'f.json', '--recipient', recipient, '--layer', layer, ...names], world),
          { message: /it is a key of layer 1 already/ },
        )
      assert.notEqual(checkLetter(await readLetterFile('f.json', { cwd: folder })).letter, undefined)
      await assert.rejects(
        run(['keys', 'add', 'f.json', '--recipient', 'AGE-SECRET-KEY-1ABC', ...names], world),
        (error: Error) => {
          assert.doesNotMatch(error.message, /SECRET-KEY-1ABC/)
          return true
        },
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('proposes a consent that says of the region what is so: the server knows it too', () => {
    const proposed = letterExample('open-net', parseInstant('2026-03-05T10:00:00Z'))
    assert.match(proposed, /"en": ".*the server knows my region too/u)
    assert.match(proposed, /"ru": ".*регион знает и сервер/u)
    assert.match(proposed, /"kk": ".*сервер өңірімді де біледі/u)
    assert.doesNotMatch(proposed, /шифр|зашифр|адресаттар/u)
  })

  it('calls nothing a petition, and may name the portal', async () => {
    const letter = sampleLetter([[await makeKeyPair({ hybrid: false })]])
    const text = (kk: string): unknown => ({ ...letter, text: { ...letter.text, kk } })
    assert.ok(said(text('Бұл петиция')).some((one) => one.startsWith('/text/kk calls it a petition')))
    assert.ok(!said(text('Порталы: epetition.kz')).some((one) => one.includes('petition:')))
  })

  it('has three different texts, days in their order, and keys that fit together', async () => {
    const [a, hybrid] = [await makeKeyPair({ hybrid: false }), await makeKeyPair({ hybrid: true })]
    const letter = sampleLetter([[a]])
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ ...letter, title: { ...letter.title, ru: letter.title.kk } }, /^\/title is the same in two languages$/],
      [{ ...letter, closes: letter.opens }, /^\/closes is not after/],
      [{ ...letter, destroys: letter.closes }, /^\/destroys is not after/],
      [sampleLetter([[a], [a]]), /^\/keys\/layers\/1\/0\/recipient is the same as/],
      [sampleLetter([[a, hybrid]]), /^\/keys\/layers\/0 mixes hybrid keys/],
      [sampleLetter([[{ ...a, recipient: `age1${'q'.repeat(58)}` }]]), /is no public key of age/],
      [{ ...letter, version: 0 }, /^\/version /],
      [{ ...letter, more: 1 }, /^\/ /],
      [null, /^\/ /],
    ]
    for (const [value, says] of wrong) {
      assert.ok(
        said(value).some((one) => says.test(one)),
        `${says}: ${said(value).join('; ')}`,
      )
      assert.equal(checkLetter(value).letter, undefined)
    }
    assert.notEqual(checkLetter(letter).letter, undefined)
  })
})
