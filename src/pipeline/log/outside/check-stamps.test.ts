import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { TimeAuthority } from '../../../../test/kit/servers/time-authority.ts'
import { encodeQuery } from '../../../core/evidence/time-stamp/time-query.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import { checkStamps } from './check-stamps.ts'
import { stampPaths } from './stamp-files.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-check-stamps-'))
after(() => rmSync(root, { recursive: true, force: true }))

describe('checkStamps()', { skip: hasProgram('openssl') ? false : 'needs openssl' }, () => {
  it('names every reply that is no stamp of the checkpoint beside it, and counts what cannot be determined', async () => {
    using tsa = new TimeAuthority()
    using other = new TimeAuthority()
    const paths = stampPaths(root)
    mkdirSync(paths.folder)
    const check = (...names: readonly string[]): ReturnType<typeof checkStamps> =>
      checkStamps(
        root,
        names.map((name) => ({ name, chainPem: (name === 'b' ? other : tsa).chainPem })),
        { signal: new AbortController().signal },
      )
    assert.deepEqual(await check('a'), { good: 0, unknown: 0, wrong: [] })
    for (const size of [1, 2]) {
      writeFileSync(paths.checkpoint(size), `checkpoint ${size}`)
      for (const [name, by] of [
        ['a', tsa],
        ['b', other],
      ] as const) {
        const query = encodeQuery({ sha256: sha256(Buffer.from(`checkpoint ${size}`)), nonce: Buffer.alloc(8, 5) })
        writeFileSync(paths.query(size, name), query)
        writeFileSync(paths.reply(size, name), by.reply(query))
      }
    }
    assert.deepEqual(await check('a', 'b'), { good: 4, unknown: 0, wrong: [] })
    assert.deepEqual(await check('b'), { good: 2, unknown: 2, wrong: [] })
    writeFileSync(paths.reply(1, 'b'), readFileSync(paths.reply(1, 'a')))
    writeFileSync(paths.reply(2, 'a'), readFileSync(paths.reply(1, 'a')))
    rmSync(paths.query(2, 'b'))
    assert.deepEqual(await check('a', 'b'), {
      good: 1,
      unknown: 0,
      wrong: [paths.reply(1, 'b'), paths.reply(2, 'a'), paths.reply(2, 'b')],
    })
    writeFileSync(paths.checkpoint(1), 'checkpoint 3')
    assert.deepEqual((await check('a')).wrong, [paths.reply(1, 'a'), paths.reply(2, 'a'), paths.reply(2, 'b')])
  })
})
