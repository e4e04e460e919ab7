import assert from 'node:assert/strict'
import { it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { openStartProgress } from './progress.ts'

it('the bar of a terminal grows to its end, never shrinks and fits the terminal', () => {
  const written: string[] = []
  const world = testWorld('/', (text) => written.push(text))
  const progress = openStartProgress({ ...world, terminal: true, size: () => ({ columns: 60, rows: 20 }) })
  for (const share of [0, 0.5, 0.25, 1]) progress.tell(share, 'judging and storing: 12345 of 63089 measurements')
  const bars = written.map((text) => /\[(#*)-*\]/.exec(text)?.[1]?.length)
  assert.deepEqual(bars, [0, 12, 24])
  for (const text of written) assert.ok(text.replace('\r\u001b[K', '').length < 60, text)
  assert.match(progress.line, /^100 %: judging/)
})

it('a line that stays is written above the bar', () => {
  const written: string[] = []
  const progress = openStartProgress({ ...testWorld('/', (text) => written.push(text)), terminal: true })
  progress.tell(0.5, 'judging')
  progress.say('it will open at http://127.0.0.1:8420/')
  assert.match(written.at(-1) ?? '', /^\r\u001b\[Kit will open at http:\/\/127\.0\.0\.1:8420\/\n\[#+-+\] 50 %/)
})

it('a file gets a line at once and then one each five seconds at most', () => {
  const written: string[] = []
  const progress = openStartProgress(testWorld('/', (text) => written.push(text)))
  for (const share of [0.1, 0.2, 0.3]) progress.tell(share, 'judging')
  assert.equal(written.length, 1)
  assert.match(written[0] ?? '', /^10 %.*: judging\n$/)
})
