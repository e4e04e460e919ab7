import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Edge } from '../../core/model/incident/incident.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { axisPicture, type AxisView } from './axis-marks.ts'
import { placeLabel, placeOver, renderIncidentAxis } from './incident-axis.ts'

const hour = (hours: number): Instant => instant(Date.UTC(2025, 0, 15) + hours * 3_600_000)
const edge = (median: number, aside: number): Edge => ({
  kind: 'dated',
  median: hour(median),
  lo95: hour(median - aside),
  hi95: hour(median + aside),
  bracket: [hour(median - aside), hour(median + aside)],
})
const view = (over: Partial<AxisView>): AxisView => ({
  from: hour(14),
  until: hour(19),
  zone: 'Asia/Almaty',
  start: edge(15, 0.1),
  end: edge(17, 0.1),
  running: false,
  readings: [],
  curve: [],
  events: [],
  statements: [],
  ...over,
})
const drawn = (shown: AxisView): string =>
  renderIncidentAxis('en', axisPicture(shown, 'narrow'), { id: 'a', title: 't', description: 'd', shape: 'narrow' })

describe('placeLabel() and placeOver()', () => {
  it('keep the whole name of an event inside the drawing, or say by a sign that it goes on', () => {
    const names = ['live', 'a livestream of a politician', 'a very long name of an event '.repeat(6)]
    for (const place of [placeLabel, placeOver])
      for (const name of names)
        for (const from of [0, 120, 290])
          for (const until of [from + 4, 304]) {
            const { label, x, anchor } = place(name, { from, until }, 304)
            const width = label.length * 7.2
            const [left, right] = anchor === 'start' ? [x, x + width] : [x - width, x]
            assert.ok(left >= -1e-9 && right <= 304 + 7.2, `${name} from ${from} to ${until}: ${left} to ${right}`)
            assert.ok(label === name || label.endsWith('…'))
          }
  })
})

describe('renderIncidentAxis()', () => {
  it('writes both intervals of an evening, and leaves those of days to the drawing where they would meet', () => {
    assert.match(drawn(view({})), /19:54–20:06/)
    const days = drawn(view({ from: hour(0), until: hour(60), start: edge(15, 9), end: edge(40, 9) }))
    assert.doesNotMatch(days, />[^<]*–[^<]*</)
  })

  it('writes no interval of a short incident at the side of the drawing, where one would be on the other', () => {
    const short = (start: number, end: number): string => drawn(view({ start: edge(start, 0.1), end: edge(end, 0.1) }))
    assert.doesNotMatch(short(15.16, 16.25), />[^<]*–[^<]*</)
    assert.doesNotMatch(short(16.8, 17.9), />[^<]*–[^<]*</)
    assert.match(short(16, 17), />[^<]*–[^<]*</)
  })
})
