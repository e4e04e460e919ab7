import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isPort, portOf, portSchema } from './port.ts'

it('isPort() and portSchema accept 1 to 65535', () => {
  for (const port of [1, 443, 65_535])
    assert.deepEqual([isPort(port), portSchema.safeParse(port).success], [true, true])
  for (const port of [0, -1, 65_536, 1.5, Number.NaN])
    assert.deepEqual([isPort(port), portSchema.safeParse(port).success], [false, false])
})

it('portOf() gives the port of the scheme where none is stated', () => {
  assert.deepEqual(
    ['https://a.example/', 'http://a.example/', 'https://a.example:8443/', 'http://a.example:443/'].map((text) =>
      portOf(new URL(text)),
    ),
    [443, 80, 8443, 443],
  )
})
