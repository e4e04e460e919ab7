import { createHmac } from 'node:crypto'
import { it } from 'node:test'
import fc from 'fast-check'
import { openShortHmac } from './short-hmac.ts'

it('openShortHmac() gives what createHmac() gives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array(), (key, message) =>
      openShortHmac(key)(message).equals(createHmac('sha256', key).update(message).digest()),
    ),
  )
})
