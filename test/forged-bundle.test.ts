import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { BUNDLE_TOOLS, deriveInNode } from '../src/app/proof/bundle-tools.ts'
import type { CheckedBundle } from '../src/core/evidence/verify/bundle-report.ts'
import type { VerifierKey } from '../src/core/evidence/log/signed-note.ts'
import { verifyBundle } from '../src/core/evidence/verify/verify-bundle.ts'
import { systemClock } from '../src/runtime/clock.ts'
import { fillBundles } from './kit/evening/evening.ts'
import { openFiles, type Files } from './kit/proof/bundle-maker.ts'
import { edit, failed, flip, found, loadFiles, relist, textAt } from './kit/proof/forge.ts'
import { LIES, linesWith, type LineJson } from './kit/proof/lies.ts'
import { editLines, reseal } from './kit/proof/reseal.ts'

// A bundle of an incident as the program writes it, from a simulated evening; what somebody may do to it.

describe('a bundle of an incident', () => {
  let cwd: string
  let sound: Files
  const copy = (): Files => new Map(sound)

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-forged-'))
    sound = loadFiles((await fillBundles(cwd)).bag)
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  const verify = (files: Files, judge: boolean, trusted: readonly VerifierKey[] = []): Promise<CheckedBundle> =>
    verifyBundle(openFiles(files), {
      ...BUNDLE_TOOLS,
      now: systemClock.now(),
      trusted,
      signal: new AbortController().signal,
      ...(judge ? { derive: deriveInNode } : {}),
    })

  it('is sound, every conclusion derived again', async () => {
    const checked = await verify(sound, true)
    assert.deepEqual(found(checked), [])
    const compared = ['verdicts', 'incident', 'weight', 'published'] as const
    for (const step of compared) assert.equal(checked.steps.find((one) => one.step === step)?.outcome, 'ok', step)
  })

  /** One file of each kind: what stands under a number stands for its like. */
  const kinds = (): readonly string[] => [
    ...new Map([...sound.keys()].map((path) => [path.replace(/\/\d+/g, '/N'), path])).values(),
  ]

  it('shows a flip in the midst of each kind of file', async () => {
    assert.ok(kinds().length > 25, kinds().join(' '))
    for (const path of kinds()) {
      const length = sound.get(path)?.length ?? 0
      if (length === 0) continue
      const files = copy()
      flip(files, path, length >> 1)
      const steps = failed(await verify(files, false))
      assert.ok(steps.includes('files') || steps.includes('list'), `${path}: ${steps.join(' ')}`)
    }
  })

  it('shows by its seal every flip that new lists hide', async () => {
    for (const path of kinds().filter((one) => !one.includes('manifest'))) {
      const length = sound.get(path)?.length ?? 0
      if (length === 0) continue
      const files = copy()
      flip(files, path, length >> 1)
      relist(files)
      const steps = failed(await verify(files, false))
      assert.ok(steps.includes(path === 'bagit.txt' ? 'bag' : 'seal'), `${path}: ${steps.join(' ')}`)
    }
  })

  /** A measurement that the logged revision names. */
  const leaf = (): number => {
    const path = [...sound.keys()].find((one) => one.startsWith('data/revisions/')) ?? ''
    const { measurements } = JSON.parse(textAt(sound, path)) as { readonly measurements: readonly number[] }
    return measurements.at(-1) ?? -1
  }
  const first =
    (path: string, change: (text: string) => string) =>
    (files: Files): void =>
      edit(files, path, change)

  const FORGERIES: readonly (readonly [string, RegExp, (files: Files) => void])[] = [
    [
      'a measurement back-dated',
      /^inclusion: leaf-differs data\/raw/,
      (files) => edit(files, `data/raw/${leaf()}.json`, (text) => text.replace('2026-10-06', '2026-10-05')),
    ],
    [
      'an outcome changed',
      /^verdicts: verdict-differs leaf/,
      first('data/verdicts.jsonl', (text) => text.replace('"kind":"reachable"', '"kind":"unreachable"')),
    ],
    [
      'an observation changed',
      /^verdicts: observations-differ leaf/,
      first('data/observations.jsonl', (text) => text.replace(/"port":443/, '"port":80')),
    ],
    [
      'an observation dropped',
      /^description: not-agreeing data\/observations.jsonl: leaf/,
      first('data/observations.jsonl', (text) => text.slice(text.indexOf('\n') + 1)),
    ],
    [
      'the start of the incident moved',
      /^incident: incident-differs \/start/,
      first('data/derivation.json', (text) =>
        text.replace(/"start":\{(.*?)"median_utc":"2026-10-06T(\d\d)/, '"start":{$1"median_utc":"2026-10-06T09'),
      ),
    ],
    [
      'the weight raised',
      /^weight: weight-differs \/cause/,
      first('data/derivation.json', (text) => text.replace(/"log10_lr":-?[\d.]+/, '"log10_lr":9.5')),
    ],
    [
      'the word changed for readers',
      /^published: revision-differs revision 1/,
      first('data/incident.json', (text) => text.replace('"word":"', '"word":"not-')),
    ],
    [
      'the cause table changed',
      /^verdicts: not-derived|^incident: inputs-differ \/cause_table/,
      first('data/tables/causes.json', (text) => text.replace(/(\d)\.(\d)/, '$1.9$2')),
    ],
    [
      'a service redefined',
      /^verdicts: tables-differ/,
      first('data/tables/services.json', (text) => text.replace('www.youtube.com', 'www.youtube.example')),
    ],
    [
      'the rules called others',
      /^description|^verdicts|^seal: seal-differs/,
      first('data/program.json', (text) => text.replace(/"rules":"\d+/, '"rules":"1')),
    ],
    [
      'another leaf record',
      /^inclusion: (leaf-differs|not-in-log)/,
      (files) => edit(files, 'data/log/leaves.txt', (text) => text.replace(/"size":\d+/, '"size":1')),
    ],
    [
      'a later reception claimed',
      /^seal: seal-differs/,
      first('data/measurements.jsonl', (text) => text.replace(/"received_at_utc":"2/, '"received_at_utc":"3')),
    ],
  ]
  for (const [name, expected, forge] of FORGERIES)
    it(`says rightly: ${name}`, async () => {
      const files = copy()
      forge(files)
      relist(files)
      const checked = await verify(files, true)
      assert.ok(
        found(checked).some((line) => expected.test(line)),
        found(checked).join('\n'),
      )
      assert.ok(failed(checked).includes('seal'))
    })

  it('says which measurement of the conclusion was dropped with all its traces', async () => {
    const dropped = leaf()
    const files = copy()
    for (const path of [`data/raw/${dropped}.json`, `data/log/proofs/${dropped}.tlog-proof`]) files.delete(path)
    for (const path of ['measurements', 'verdicts', 'observations'])
      edit(files, `data/${path}.jsonl`, (text) =>
        text
          .split('\n')
          .filter((line) => !line.includes(`"leaf":${dropped},`))
          .join('\n'),
      )
    edit(files, 'data/log/leaves.txt', (text) =>
      text
        .split('\n')
        .filter((line) => !line.startsWith(`${dropped} `))
        .join('\n'),
    )
    edit(files, 'data/bundle.json', (text) =>
      text.replace(/"measurements":(\d+)/, (_, count) => `"measurements":${Number(count) - 1}`),
    )
    relist(files)
    const named = found(await verify(files, false))
    assert.ok(named.includes(`complete: left-out leaf ${dropped}`), named.join('\n'))
    assert.ok(
      named.some((line) => line.startsWith('seal: seal-differs')),
      named.join('\n'),
    )
  })

  // Whoever runs the observatory signs whatever he likes: lists, proofs and seal hold, and what he changed must not.
  const lied = async (lie: (files: Files) => void): Promise<CheckedBundle> => {
    const files = copy()
    lie(files)
    const key = reseal(files)
    return verify(files, true, [key])
  }
  for (const [name, expected, lie] of LIES)
    it(`is believed of nobody: ${name}`, async () => {
      const named = found(await lied(lie))
      if (expected instanceof RegExp)
        assert.ok(
          named.some((line) => expected.test(line)),
          named.join('\n'),
        )
      else assert.deepEqual(named, expected)
    })

  it('says which measurement stands under two leaves, and which came before it began', async () => {
    const { steps } = await lied((files) => {
      const [one = -1, other = -1] = linesWith(files, 'comparison')
      files.set(`data/raw/${other}.json`, files.get(`data/raw/${one}.json`) ?? new Uint8Array())
      editLines(files, 'data/measurements.jsonl', (line: LineJson) =>
        line.leaf === one ? { ...line, received_at_utc: '2026-10-01T00:00:00Z' } : line,
      )
    })
    const notes = steps.flatMap(({ step, notes: all }) => all.map(({ note }) => `${step}: ${note}`))
    for (const note of ['inclusion: twice', 'verdicts: early', 'weight: stated-others'])
      assert.ok(notes.includes(note), notes.join('\n'))
  })
})
