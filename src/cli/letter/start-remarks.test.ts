import assert from 'node:assert/strict'
import { it } from 'node:test'
import { startRemarks } from './start-remarks.ts'

it('startRemarks() says of a public service what would hold people back, and nothing of one that lacks nothing', () => {
  const whole = { isPublic: true, trustedProxies: ['127.0.0.2'], networks: ['asn.csv'], takesMail: true }
  assert.deepEqual(startRemarks(whole), [])
  const bare = { isPublic: true, trustedProxies: [], networks: [], takesMail: false }
  assert.deepEqual(
    startRemarks(bare).map((remark) => /mail\.json|--[a-z-]+/.exec(remark)?.[0]),
    ['mail.json', '--trusted-proxy', '--networks'],
  )
  assert.equal(startRemarks({ ...bare, isPublic: false }).length, 1, 'a trial has neither proxies nor crowds')
})
