import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SLOT_MS } from '../../../core/model/people/report.ts'
import { instant } from '../../../core/model/units.ts'
import { peopleSection, type PeopleView } from './people.ts'

const NOW = instant(Date.UTC(2026, 2, 5, 16))
const slot = (at: number): readonly [number, number] => [NOW + at * SLOT_MS, NOW + (at + 1) * SLOT_MS]

const textOf = (signal: Partial<PeopleView['signals'][number]>): string =>
  String(
    peopleSection(
      'kk',
      {
        simulated: false,
        asOf: NOW,
        rows: [],
        elsewhere: 0,
        signals: [{ service: 'youtube', kind: 'burst', began: slot(-6), reports: 40, most: 14, usual: 3.2, ...signal }],
        notes: [],
        report: '/kk/report',
        data: '/api/v1/reports',
      },
      'networks',
    ),
  )

describe('what people report, on a page', () => {
  it('tells what goes on as present, and what is over as past', () => {
    assert.match(textOf({}), /әдеттегіден көп хабарлап жатыр\..*Жалғасып жатыр\./s)
    const over = textOf({ ended: slot(-4) })
    assert.match(over, /әдеттегіден көп хабарлады\..*Аяқталғаны: 20:00–20:15\./s)
    assert.doesNotMatch(over, /жатыр/)
  })

  it('gives one time where beginning and end are in the same 15 minutes', () => {
    const brief = textOf({ ended: slot(-6) })
    assert.match(brief, /Уақыты: 19:30–19:45\./)
    assert.doesNotMatch(brief, /Басталғаны|Аяқталғаны/)
  })

  it('calls what is usual one only where it is', () => {
    assert.match(textOf({}), /Әдетте 15 минутта: 3\./)
    assert.match(textOf({ usual: 1.2 }), /Әдетте 15 минутта: 1\./)
    assert.match(textOf({ usual: 0.5 }), /Әдетте 15 минутта: бірден аз\./)
  })
})
