import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSha256 } from '../model/units.ts'
import { checkCode, readCheckCode } from './check-code.ts'

const DIGEST = parseSha256(`ffbbcdeb38${'0'.repeat(54)}`)

describe('check code', () => {
  it('is the first 40 bits in base 32', () => {
    assert.equal(checkCode(DIGEST), 'ZYXW-VTSR')
    assert.equal(checkCode(parseSha256('0'.repeat(64))), '0000-0000')
  })

  it('is read as people type it', () => {
    for (const typed of ['ZYXW-VTSR', 'zyxwvtsr', ' zyxw vtsr ', 'ZYXW–VTSR'])
      assert.equal(readCheckCode(typed), 'ZYXW-VTSR')
    assert.equal(readCheckCode('oil0-0000'), '0110-0000')
  })

  it('is not read out of anything else', () => {
    for (const typed of ['', 'ZYXW', 'ZYXW-VTSRQ', 'ZYXW-VTS!', 'UYXW-VTSR'])
      assert.equal(readCheckCode(typed), undefined)
  })
})
