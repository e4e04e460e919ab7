import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf, columnsWhere, joinColumns } from './columns.ts'

const reading = (at: number, probe: string, more: Partial<Reading> = {}): Reading => ({
  at: instant(at),
  probe,
  target: 'ok',
  control: 'ok',
  canary: 'none',
  artefact: false,
  scheduled: true,
  ...more,
})
const EARLIER = [
  reading(1, 'b', { lnRatio: 0.5, lnControl: -2 }),
  reading(2, 'd', { target: 'fail', mechanism: 'tls.timeout.sni' }),
  reading(3, ''),
]
const LATER = [
  reading(4, 'c', { target: 'fail', mechanism: 'dns.nxdomain', log10Lr: 1 }),
  reading(5, 'a', { lnRatio: 1.5 }),
  reading(6, 'd'),
]

it('joinColumns() gives what the readings of both parts give together, no matter who measured in which', () => {
  const all = columnsOf([...EARLIER, ...LATER])
  assert.deepEqual(joinColumns(columnsOf(EARLIER), columnsOf(LATER)), all)
  assert.deepEqual(joinColumns(columnsOf([]), all), all)
  assert.deepEqual(joinColumns(columnsOf(EARLIER), columnsOf([])), columnsOf(EARLIER))
})

it('columnsWhere() keeps the readings that fulfil the condition, and every name', () => {
  const all = columnsOf([...EARLIER, ...LATER])
  const timed = columnsWhere(all, (k) => Number.isFinite(all.lnRatio[k]!))
  assert.deepEqual([[...timed.at], [...timed.lnRatio], timed.size, timed.probes], [[1, 5], [0.5, 1.5], 2, all.probes])
})
