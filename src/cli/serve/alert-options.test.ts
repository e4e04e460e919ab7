import assert from 'node:assert/strict'
import { it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { alertSettings } from './alert-options.ts'

it('alertSettings() refuses an address that is not https, one that is given twice, and one without a secret', () => {
  const read = (webhook: readonly string[], secret?: string): unknown =>
    alertSettings({ webhook, 'webhook-private': false, 'webhook-secret': secret })
  const url = 'https://hook.example/token-x'
  for (const [addresses, secret] of [
    [['http://hook.example/token-x'], 's'],
    [[url, url], 's'],
    [[url], undefined],
    [Array.from({ length: 21 }, (_, nth) => `${url}${nth}`), 's'],
  ] as const)
    assert.throws(
      () => read(addresses, secret),
      (error) => error instanceof InputError && !error.message.includes('token-x'),
    )
})
