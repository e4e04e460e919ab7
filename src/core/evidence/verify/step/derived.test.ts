import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeBundle, openFiles, verifierTools } from '../../../../../test/kit/proof/bundle-maker.ts'
import { found } from '../../../../../test/kit/proof/forge.ts'
import { InputError } from '../../../model/errors.ts'
import type { BundleStep, CheckedStep } from '../bundle-report.ts'
import type { DeriveAgain, Derived } from '../derived.ts'
import { verifyBundle, type VerifyBundleTools } from '../verify-bundle.ts'

const SAME: Derived = {
  judged: 4,
  verdicts: [],
  derived: { begins: 'first-reading', incident: [], weight: [], inputs: [], readsAlike: true },
  sameRules: true,
  sameTables: true,
}
const KNOWN: Partial<VerifyBundleTools> = { isKnownTable: () => true }
const STEPS = ['verdicts', 'incident', 'weight', 'published'] as const satisfies readonly BundleStep[]

/** The results of the four steps, and the findings, if deriving again gives this. */
async function saying(
  derive: DeriveAgain | Derived,
  more: Partial<VerifyBundleTools> = {},
): Promise<{ readonly steps: readonly CheckedStep[]; readonly found: readonly string[] }> {
  const again: DeriveAgain = typeof derive === 'function' ? derive : () => Promise.resolve(derive)
  const checked = await verifyBundle(openFiles(makeBundle().files), { ...verifierTools(), derive: again, ...more })
  return { steps: checked.steps.filter(({ step }) => STEPS.some((one) => one === step)), found: found(checked) }
}
const outcomes = (steps: readonly CheckedStep[]): readonly string[] =>
  steps.map(({ outcome, notes }) => [outcome, ...notes.map(({ note }) => note)].join(' '))
const withDerived = (more: Partial<NonNullable<Derived['derived']>>, rest: Partial<Derived> = {}): Derived => ({
  ...SAME,
  ...rest,
  derived: { begins: 'first-reading', incident: [], weight: [], inputs: [], readsAlike: true, ...more },
})

describe('what is derived again', () => {
  it('and is the same makes four steps ok', async () => {
    assert.deepEqual(outcomes((await saying(SAME, KNOWN)).steps), ['ok', 'ok', 'ok stated-others', 'ok'])
  })

  it('is given the files that it needs, and no others', async () => {
    let seen = 0
    await saying(async (parts) => {
      seen = parts.measurements.length
      assert.deepEqual([...parts.tables.keys()], ['services.json'])
      assert.equal(await parts.raw(4), undefined)
      assert.equal(new TextDecoder().decode(await parts.raw(0)).includes('"n":0'), true)
      const leaves: number[] = []
      for await (const { leaf } of parts.verdicts) leaves.push(leaf)
      assert.deepEqual(leaves, [0, 1, 2, 3])
      return SAME
    })
    assert.equal(seen, 5)
  })

  it('of a withdrawn incident says that none is shown, that another stands there, or that this one is still shown', async () => {
    const gone = (withdrawn: NonNullable<NonNullable<Derived['derived']>['withdrawn']>): Derived =>
      withDerived({ withdrawn })
    const [, none] = (await saying(gone({ shown: 0 }), KNOWN)).steps
    assert.deepEqual([none?.outcome, none?.facts[0]?.fact], ['ok', 'shown-no-longer'])
    const [, beside] = (await saying(gone({ shown: 1, successor: 'other' }), KNOWN)).steps
    assert.deepEqual([beside?.outcome, beside?.notes], ['not-checked', [{ note: 'successor', about: 'other' }]])
    assert.deepEqual((await saying(gone({ shown: 1 }), KNOWN)).found, ['incident: incident-differs /'])
  })

  it('and differs is named by its step', async () => {
    const verdicts = (['verdict', 'observations', 'unread'] as const).map((kind, leaf) => ({
      leaf,
      kind,
      about: ['/x'],
    }))
    assert.deepEqual((await saying({ ...SAME, verdicts })).found, [
      'verdicts: verdict-differs leaf 0: /x',
      'verdicts: observations-differ leaf 1: /x',
      'verdicts: not-judged leaf 2: /x',
    ])
    const other = withDerived({
      incident: ['/start'],
      weight: ['/cause/word'],
      inputs: ['/others/0'],
      readsAlike: false,
    })
    assert.deepEqual((await saying(other)).found, [
      'incident: inputs-differ /others/0',
      'incident: incident-differs /start',
      'weight: weight-differs /cause/word',
      'published: published-differs youtube-as64500-20240305T0100Z',
    ])
  })

  it('by other rules is no sign of a change, and by other tables is one', async () => {
    const differs = { incident: ['/start'], weight: ['/cause'], readsAlike: false }
    const verdicts = [{ leaf: 0, kind: 'verdict', about: ['/x'] }] as const
    const rules = await saying(withDerived(differs, { sameRules: false, verdicts }), KNOWN)
    assert.deepEqual(rules.found, [])
    assert.deepEqual(outcomes(rules.steps), [
      'not-checked rules',
      'not-checked rules',
      'not-checked stated-others rules',
      'not-checked rules',
    ])
    const tables = await saying(withDerived(differs, { sameRules: false, sameTables: false, verdicts }), KNOWN)
    assert.ok(tables.found.includes('verdicts: tables-differ data/tables/'))
    assert.deepEqual(outcomes(tables.steps), ['failed', 'failed', 'failed stated-others', 'failed'])
  })

  it('from a settled state says that the beginning is stated', async () => {
    assert.deepEqual(outcomes((await saying(withDerived({ begins: 'settled' }), KNOWN)).steps), [
      'ok',
      'ok settled',
      'ok stated-others',
      'ok',
    ])
  })

  it('rests on tables, settings and other incidents of the bundle, which are named', async () => {
    const unknown = await saying(withDerived({ otherSettings: ['draws', 'rho'], others: 2 }), {
      isKnownTable: (name, bytes) => name !== 'services.json' || bytes.length === 0,
    })
    assert.deepEqual(unknown.found, [])
    assert.deepEqual(
      unknown.steps.flatMap(({ notes }) => notes),
      [
        { note: 'other-tables', about: 'services.json' },
        { note: 'other-settings', about: 'draws, rho' },
        { note: 'stated-others', about: '2' },
      ],
    )
    assert.deepEqual(outcomes((await saying(SAME)).steps)[0], 'ok own-tables')
  })

  it('is compared with what the bundle says of its measurements', async () => {
    const at = (time: string): number => Date.parse(`2024-03-05T${time}Z`)
    const heads = {
      span: { since: at('01:00:00'), until: at('01:03:00') },
      ...{ simulated: 0, real: 4, early: [], otherRole: [] },
    }
    assert.deepEqual((await saying({ ...SAME, heads })).found, [])
    const lied = { ...heads, span: { ...heads.span, until: at('01:02:00') }, simulated: 1, otherRole: [3], early: [1] }
    const { steps, found: problems } = await saying({ ...SAME, heads: lied }, KNOWN)
    assert.deepEqual(problems, [
      'verdicts: not-agreeing data/measurements.jsonl: leaf 3',
      'verdicts: not-agreeing data/bundle.json: span',
      'verdicts: not-agreeing data/bundle.json: simulated',
    ])
    assert.deepEqual(steps[0]?.notes, [{ note: 'early', about: 'leaf 1' }])
  })

  it('needs the latest revision in the bundle', async () => {
    assert.deepEqual((await saying(withDerived({ readsAlike: undefined }))).found, [
      'published: left-out latest revision',
    ])
  })

  it('is not begun above the limit, nor if it was not asked for', async () => {
    const never: DeriveAgain = () => assert.fail('begun')
    const many = await saying(never, { mostJudged: 3 })
    assert.deepEqual(many.steps[0]?.notes, [{ note: 'too-many', about: '4' }])
    const unasked = await verifyBundle(openFiles(makeBundle().files), verifierTools())
    assert.deepEqual(unasked.steps.find(({ step }) => step === 'verdicts')?.notes, [{ note: 'no-judge' }])
  })

  it('and cannot be is a problem of the verdicts, and of the others the reason', async () => {
    const broken: DeriveAgain = () =>
      Promise.reject(
        new InputError('Cannot read table', { code: 'table.invalid', path: 'services.json', expected: 'one' }),
      )
    const { steps, found: problems } = await saying(broken)
    assert.deepEqual(problems, ['verdicts: not-derived services.json Cannot read table'])
    assert.deepEqual(outcomes(steps), ['failed', 'not-checked unread', 'not-checked unread', 'not-checked unread'])
  })
})
