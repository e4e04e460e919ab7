import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  HONEST,
  makeBundle,
  makerKeys,
  openFiles,
  seal,
  verifierTools,
  writeLog,
  zipOf,
  type Files,
  type MadeBundle,
} from '../../../../test/kit/proof/bundle-maker.ts'
import { edit, failed, flip, found, relist } from '../../../../test/kit/proof/forge.ts'
import { inflateRaw } from '../../../runtime/compress.ts'
import { BAG_DESCRIPTION } from '../bundle/bag.ts'
import { sameBytes } from '../log/merkle.ts'
import { BUNDLE_STEPS, MOST_SHOWN, type BundleStep, type CheckedBundle } from './bundle-report.ts'
import { verifyBundle } from './verify-bundle.ts'
import { openZip } from './source/zip-source.ts'

const SOUND = makeBundle()
const verify = (files: Files, tools = verifierTools()): Promise<CheckedBundle> => verifyBundle(openFiles(files), tools)
const copy = (): Files => new Map(SOUND.files)
const paths = [...SOUND.files.keys()]
const size = (path: string): number => SOUND.files.get(path)?.length ?? 0

describe('a sound bundle', () => {
  it('fails no step, and says every step once, in order', async () => {
    const said: BundleStep[] = []
    const checked = await verify(SOUND.files, { ...verifierTools(), onStep: ({ step }) => void said.push(step) })
    assert.deepEqual(found(checked), [])
    assert.deepEqual(said, BUNDLE_STEPS)
    assert.equal(checked.sound, true)
  })

  it('is as sound in a zip', async () => {
    const zip = zipOf(SOUND.files, SOUND.name)
    const read = (offset: number, length: number): Promise<Uint8Array> =>
      Promise.resolve(zip.subarray(offset, offset + length))
    const opened = await openZip({ size: zip.length, read }, inflateRaw)
    assert.deepEqual(found(await verifyBundle(opened, verifierTools())), [])
  })

  it('names the key that signed where the reader trusts none', async () => {
    const { steps, sound } = await verify(SOUND.files, verifierTools([]))
    const step = steps.find((one) => one.step === 'checkpoint')
    assert.equal(sound, true)
    assert.deepEqual(step?.notes, [{ note: 'no-trust', about: `${HONEST.log.key.name}+${HONEST.log.key.id}` }])
  })
})

describe('a change that the lists show', () => {
  it('of any one bit of any file is found', async () => {
    const place = fc.constantFrom(...paths).chain((path) =>
      fc.record({
        path: fc.constant(path),
        at: fc.integer({ min: 0, max: Math.max(0, size(path) - 1) }),
        bit: fc.integer({ min: 0, max: 7 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(place, async ({ path, at, bit }) => {
        const files = copy()
        flip(files, path, at, bit)
        const steps = failed(await verify(files))
        // A manifest that is wrong itself is found by its form, by what it leaves out, or by what it says of the files.
        const expected = path === 'tagmanifest-sha512.txt' ? ['list', 'files'] : ['files']
        assert.ok(
          expected.some((step) => steps.includes(step)),
          `${path} ${at}.${bit}: ${steps.join(' ')}`,
        )
      }),
      { numRuns: 150 },
    )
  })

  it('is found at the first, a middle and the last byte of every file', async () => {
    for (const path of paths)
      for (const at of new Set([0, size(path) >> 1, size(path) - 1].filter((one) => one >= 0 && one < size(path)))) {
        const files = copy()
        flip(files, path, at)
        assert.ok(failed(await verify(files)).length > 0, `${path} ${at}`)
      }
  })

  it('is named: dropped, cut off, added, exchanged, given twice', async () => {
    for (const path of paths) {
      const without = copy()
      without.delete(path)
      assert.ok(
        found(await verify(without)).some((line) => /missing/.test(line) && line.includes(path)),
        path,
      )
      if (size(path) === 0) continue
      const cut = copy()
      cut.set(path, (cut.get(path) ?? new Uint8Array()).slice(0, -1))
      assert.ok(failed(await verify(cut)).length > 0, path)
    }
    const added = copy().set('data/raw/77.json', Buffer.from('{}'))
    assert.ok(found(await verify(added)).includes('list: not-listed data/raw/77.json'))
    const twice = copy().set('data/raw/2.json', SOUND.files.get('data/raw/1.json') ?? new Uint8Array())
    assert.ok(found(await verify(twice)).includes('files: changed data/raw/2.json'))
  })
})

describe('a change that is hidden by new lists', () => {
  it('of any bit of any file is found by the seal, or by the form of the bag', async () => {
    const place = fc.constantFrom(...paths.filter((path) => !/manifest/.test(path))).chain((path) =>
      fc.record({
        path: fc.constant(path),
        at: fc.integer({ min: 0, max: Math.max(0, size(path) - 1) }),
        bit: fc.integer({ min: 0, max: 7 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(place, async ({ path, at, bit }) => {
        const files = copy()
        flip(files, path, at, bit)
        relist(files)
        // The count in bag-info.txt is written again with the lists.
        fc.pre(!sameBytes(files.get(path) ?? new Uint8Array(), SOUND.files.get(path) ?? new Uint8Array()))
        const checked = await verify(files)
        const expected = path === 'bagit.txt' ? 'bag' : 'seal'
        assert.ok(failed(checked).includes(expected), `${path} ${at}.${bit}: ${found(checked).join('; ')}`)
        assert.ok(!failed(checked).includes('files'))
      }),
      { numRuns: 150 },
    )
  })

  it('is found also if an unknown file is among the tag files, which no seal names', async () => {
    const files = copy().set('note.txt', Buffer.from('Trust me.\n'))
    relist(files)
    assert.deepEqual(found(await verify(files)), ['list: foreign note.txt'])
  })

  it('is found in the one line of bag-info.txt that may be absent, unless it is as every bundle has it', async () => {
    const described = async (line: string): Promise<readonly string[]> => {
      const files = copy()
      edit(files, 'bag-info.txt', (text) => text.replace('Bagging-Date', `External-Description: ${line}\nBagging-Date`))
      relist(files)
      return found(await verify(files)).filter((problem) => problem.startsWith('bag:'))
    }
    assert.deepEqual(await described(BAG_DESCRIPTION), [])
    assert.ok((await described('Checked by a notary')).includes('bag: file-form bag-info.txt'))
  })

  const RAW = 'data/raw/0.json'
  const OTHER = 'data/raw/1.json'
  const bytesAt = (files: Files, path: string): Uint8Array => files.get(path) ?? new Uint8Array()
  const FORGERIES: readonly (readonly [string, string, (files: Files) => void])[] = [
    [
      'a measurement back-dated',
      `inclusion: leaf-differs ${RAW}`,
      (files) => edit(files, RAW, (text) => text.replace('2024-03-05', '2024-03-04')),
    ],
    [
      'two measurements exchanged',
      `inclusion: leaf-differs ${OTHER}`,
      (files) => {
        const one = bytesAt(files, RAW)
        files.set(RAW, bytesAt(files, OTHER)).set(OTHER, one)
      },
    ],
    ['a measurement dropped', `description: missing-file ${RAW}`, (files) => void files.delete(RAW)],
    [
      'a measurement added',
      'description: not-agreeing data/raw/99.json',
      (files) => void files.set('data/raw/99.json', bytesAt(files, RAW)),
    ],
    [
      'a line of a measurement dropped',
      'complete: left-out leaf 0',
      (files) => edit(files, 'data/measurements.jsonl', (text) => text.slice(text.indexOf('\n') + 1)),
    ],
    [
      'a line of a measurement given twice',
      'description: not-agreeing data/measurements.jsonl: leaf 0',
      (files) => edit(files, 'data/measurements.jsonl', (text) => text.slice(0, text.indexOf('\n') + 1) + text),
    ],
    [
      'a revision changed',
      'inclusion: leaf-differs data/revisions/5.json',
      (files) => edit(files, 'data/revisions/5.json', (text) => text.replace('[0,1,3,4]', '[0,1]')),
    ],
    [
      'what readers saw changed',
      'published: revision-differs revision 1',
      (files) =>
        edit(files, 'data/incident.json', (text) => text.replace('"revision"', '"word":"blocking","revision"')),
    ],
    [
      'a proof of another entry',
      'inclusion: not-in-log leaf 0',
      (files) => void files.set('data/log/proofs/0.tlog-proof', bytesAt(files, 'data/log/proofs/1.tlog-proof')),
    ],
    ['a proof dropped', 'inclusion: no-proof leaf 0', (files) => void files.delete('data/log/proofs/0.tlog-proof')],
    [
      'a leaf record dropped',
      'description: no-leaf leaf 0',
      (files) => edit(files, 'data/log/leaves.txt', (text) => text.slice(text.indexOf('\n') + 1)),
    ],
    [
      'an erasure without its record',
      'custody: erased-silently leaf 4',
      (files) => void files.delete('data/custody/7.json'),
    ],
    [
      'an event of custody changed',
      'custody: bad-signature data/custody/6.json',
      (files) => edit(files, 'data/custody/6.json', (text) => text.replace('"operator"', '"somebody"')),
    ],
    [
      'a smaller log claimed',
      'checkpoint: bad-signature kuager.example/log',
      (files) => edit(files, 'data/log/checkpoint', (text) => text.replace('\n8\n', '\n7\n')),
    ],
    [
      'a count changed',
      'description: count data/bundle.json: apart',
      (files) => edit(files, 'data/bundle.json', (text) => text.replace('"apart":1', '"apart":0')),
    ],
    [
      'the future claimed',
      'description: future 2031-03-05T10:00:00Z',
      (files) => edit(files, 'data/bundle.json', (text) => text.replace('2024-03-05T10', '2031-03-05T10')),
    ],
    [
      'simulated data passed off as real',
      'description: not-agreeing data/bundle.json: simulated',
      (files) => edit(files, 'data/bundle.json', (text) => text.replace('"simulated":false', '"simulated":true')),
    ],
    [
      'another form of the same JSON',
      'description: file-form data/bundle.json',
      (files) => edit(files, 'data/bundle.json', (text) => ` ${text}`),
    ],
    [
      'files to be fetched',
      'bag: fetch fetch.txt',
      (files) => void files.set('fetch.txt', Buffer.from('http://x.invalid/a - data/a\n')),
    ],
  ]
  for (const [name, expected, forge] of FORGERIES)
    it(`is named rightly: ${name}`, async () => {
      const files = copy()
      forge(files)
      relist(files)
      const checked = await verify(files)
      assert.ok(found(checked).includes(expected), found(checked).join('; '))
      assert.ok(failed(checked).includes('seal') || expected.startsWith('bag'), 'the seal stands')
    })
})

describe('an author who has keys', () => {
  /** A bundle that the operator changed before sealing it. */
  const sealedAnew = (forge: (made: MadeBundle) => void, keys = HONEST): MadeBundle => {
    const made = makeBundle(keys)
    forge(made)
    seal(made)
    return made
  }

  it('of the log itself cannot change what it holds', async () => {
    const made = sealedAnew(({ files }) => edit(files, 'data/raw/0.json', (text) => text.replace('"n":0', '"n":9')))
    assert.deepEqual(found(await verify(made.files)), ['inclusion: leaf-differs data/raw/0.json'])
  })

  it('of the log itself cannot leave out what the conclusion named', async () => {
    const { files } = sealedAnew(({ files: own }) => {
      for (const path of ['data/raw/0.json', 'data/log/proofs/0.tlog-proof']) own.delete(path)
      for (const path of [
        'data/measurements.jsonl',
        'data/verdicts.jsonl',
        'data/observations.jsonl',
        'data/log/leaves.txt',
      ])
        edit(own, path, (text) => text.slice(text.indexOf('\n') + 1))
      edit(own, 'data/bundle.json', (text) => text.replace('"measurements":5', '"measurements":4'))
    })
    assert.deepEqual(
      failed(await verify(files)).filter((step) => step !== 'published'),
      ['complete'],
    )
  })

  it('of the log itself cannot show a reader of the first tree another past', async () => {
    const made = makeBundle()
    const other = makeBundle()
    other.log.entries[0] = other.log.entries[1] ?? assert.fail()
    for (const path of ['seal.json', 'seal.leaf', 'seal.tlog-proof', 'seal.consistency']) made.files.delete(path)
    // The seal is logged in a tree whose first entry was rewritten.
    seal({ ...made, log: other.log })
    assert.deepEqual(found(await verify(made.files)), ['seal: not-consistent seal.consistency'])
  })

  it('only of their own is distinguished from the observatory by a reader who trusts a key', async () => {
    const attacker = makerKeys('attacker')
    const { files } = sealedAnew(({ files: own, ...made }) => {
      edit(own, 'data/raw/0.json', (text) => text.replace('"n":0', '"n":9'))
      made.log.entries.length = 0
      const whole = makeBundle(attacker)
      for (const [path, bytes] of whole.files) own.set(path, bytes)
      made.log.entries.push(...whole.log.entries.slice(0, whole.size))
      writeLog({ ...whole, files: own })
    }, attacker)
    const name = `${attacker.log.key.name}+${attacker.log.key.id}`
    assert.deepEqual(found(await verify(files)), [
      `checkpoint: unknown-key ${name}`,
      'seal: unknown-key seal.tlog-proof',
    ])
    const untrusting = await verify(files, verifierTools([]))
    assert.deepEqual(found(untrusting), [])
    assert.ok(
      untrusting.steps.some(({ notes }) => notes.some(({ note, about }) => note === 'no-trust' && about === name)),
    )
  })
})

describe('a verification', () => {
  it('goes on behind the worst problem, and counts more than it keeps', async () => {
    const files = copy()
    for (let n = 0; n < 50; n++) files.set(`data/raw/${100 + n}.json`, Buffer.from('{}'))
    const { steps } = await verify(files)
    const list = steps.find(({ step }) => step === 'list')
    assert.equal(list?.problemCount, 50)
    assert.equal(list?.problems.length, MOST_SHOWN)
    assert.equal(steps.length, BUNDLE_STEPS.length)
  })

  it('of nothing at all ends', async () => {
    const { steps, sound } = await verify(new Map())
    assert.equal(sound, false)
    assert.deepEqual(
      steps.map(({ step }) => step),
      BUNDLE_STEPS,
    )
  })

  it('never throws for what is in the files', async () => {
    const junk = fc.constantFrom(...paths.filter((path) => !/manifest/.test(path))).chain((path) =>
      fc.tuple(
        fc.constant(path),
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((text) => Buffer.from(text)),
          fc.constant(Buffer.from('['.repeat(100_000))),
          fc.constant(Buffer.from('{"a":'.repeat(201) + '1' + '}'.repeat(201))),
        ),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { minLength: 1, maxLength: 6 }), async (changes) => {
        const files = copy()
        for (const [path, bytes] of changes) files.set(path, bytes)
        relist(files)
        assert.equal((await verify(files)).sound, false)
      }),
      { numRuns: 100 },
    )
  })
})
