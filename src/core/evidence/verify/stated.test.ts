import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import {
  makeBundle,
  openFiles,
  seal,
  verifierTools,
  writeLog,
  type MadeBundle,
} from '../../../../test/kit/proof/bundle-maker.ts'
import { found } from '../../../../test/kit/proof/forge.ts'
import { editJson, editLines } from '../../../../test/kit/proof/reseal.ts'
import { completePlan } from '../../detect/coincidence/plan.ts'
import { parseInstant } from '../../model/units.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { freezeEvents } from '../frozen-events.ts'
import { BUNDLE_STEPS, type CheckedBundle } from './bundle-report.ts'
import { verifyBundle } from './verify-bundle.ts'

type Json = Readonly<Record<string, unknown>>
const words = (text: string) => ({ kk: text, ru: text, en: text })

const verify = async (made: MadeBundle): Promise<CheckedBundle> => {
  writeLog(made)
  seal(made)
  return verifyBundle(openFiles(made.files), verifierTools())
}
const notesOf = ({ steps }: CheckedBundle, step: string): readonly string[] =>
  steps.flatMap((one) => (one.step === step ? one.notes.map(({ note, about = '' }) => `${note} ${about}`.trim()) : []))

/** A list for days from one on, frozen before by its own word, that is logged behind the five measurements. */
function withList(since: string, end?: string): MadeBundle {
  const made = makeBundle()
  const plan = completePlan({
    period: { since, until: '2024-12-01' },
    primary: { id: 'streams', label: words('streams'), kinds: ['livestream'], services: ['youtube'], networks: [] },
  })
  const source = { url: 'https://example.org/news/1', title: 'Example News', checked: true }
  const event = {
    id: 'one',
    kind: 'livestream',
    label: words('Stream'),
    start: '2024-06-01T14:00:00Z',
    source,
  } as const
  const frozen = freezeEvents([event], plan, {
    simulated: false,
    at: parseInstant('2024-01-01T00:00:00Z'),
    digest: (text) => hash('sha256', text),
  })
  const told = end === undefined ? frozen : { ...frozen, events: frozen.events.map((one) => ({ ...one, end })) }
  const bytes = new TextEncoder().encode(encodeCanonical(JSON.parse(JSON.stringify(told))))
  // In the place of the last event of custody, which is an entry of the log behind every measurement.
  const leaf = made.size - 1
  made.files.delete(`data/custody/${leaf}.json`)
  made.log.entries.splice(leaf)
  assert.equal(made.log.add('frozen-events', bytes), leaf)
  made.files.set(`data/events/${leaf}.json`, bytes)
  editJson(made.files, 'data/bundle.json', (index: Json & { counts: Json }) => ({
    ...index,
    counts: { ...index.counts, events: 1, custody: 1 },
  }))
  return made
}

describe('what a bundle states', () => {
  it('of times is refused in its step where it is none, and every step is made', async () => {
    for (const time of ['2024-03-05T10:00:00.1234567890123Z', '0050-01-01T00:00:00Z', '2024-03-05T24:00:00Z']) {
      const lies: readonly ((made: MadeBundle) => void)[] = [
        ({ files }) => editJson(files, 'data/bundle.json', (one: Json) => ({ ...one, made_at_utc: time })),
        ({ files }) =>
          editLines(files, 'data/measurements.jsonl', (one: Json) =>
            one['leaf'] === 0 ? { ...one, received_at_utc: time } : one,
          ),
        ({ files }) => editJson(files, 'data/derivation.json', (one: Json) => ({ ...one, until_utc: time })),
      ]
      for (const lie of lies) {
        const made = makeBundle()
        lie(made)
        const checked = await verify(made)
        assert.deepEqual(checked.steps.length, BUNDLE_STEPS.length)
        assert.ok(
          found(checked).some((line) => line.startsWith('description: file-form data/')),
          `${time}: ${found(checked).join('; ')}`,
        )
      }
    }
    const events = withList('2024-03-01', '2024-06-01T14:00:00.1234567890123Z')
    assert.ok(found(await verify(events)).includes('events: file-form data/events/7.json'))
  })

  it('of when a list was frozen is checked against the order of the log', async () => {
    assert.deepEqual(notesOf(await verify(withList('2024-03-01')), 'events'), ['logged-late data/events/7.json'])
    assert.deepEqual(notesOf(await verify(withList('2024-04-01')), 'events'), [])
  })

  it('of measurements alone is no claim that there are no others', async () => {
    const made = makeBundle()
    for (const path of [...made.files.keys()])
      if (/^data\/(revisions\/|incident\.json|derivation\.json)/.test(path)) made.files.delete(path)
    editJson(made.files, 'data/bundle.json', (index: Json & { counts: Json }) => ({
      ...index,
      about: { kind: 'measurements' },
      counts: { ...index.counts, revisions: 0 },
    }))
    editLines(made.files, 'data/measurements.jsonl', (line: Json) =>
      line['role'] === 'series' ? { ...line, role: 'named' } : line,
    )
    const checked = await verify(made)
    assert.deepEqual(notesOf(checked, 'complete'), ['chosen', 'erased leaf 4'])
    assert.equal(checked.steps.find(({ step }) => step === 'complete')?.outcome, 'not-checked')
  })

  it('of roles fits what it is about', async () => {
    const made = makeBundle()
    editLines(made.files, 'data/measurements.jsonl', (line: Json) =>
      line['leaf'] === 3 ? { ...line, role: 'named' } : line,
    )
    assert.ok(found(await verify(made)).includes('description: not-agreeing data/measurements.jsonl: leaf 3'))
  })
})
