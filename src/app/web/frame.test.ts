import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { OPERATOR_EXAMPLE } from '../../runtime/tables/operator.ts'
import { liveFrame } from './frame.ts'

describe('liveFrame()', () => {
  it('needs to know who runs a public server, and not who runs another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-frame-'))
    try {
      assert.equal(liveFrame({ mirrors: [] }, { folder, isPublic: false }).operator, undefined)
      assert.throws(() => liveFrame({ mirrors: [] }, { folder, isPublic: true }), /no .*about\.json/)
      await writeFile(join(folder, 'about.json'), OPERATOR_EXAMPLE.replaceAll('…', 'x'))
      assert.equal(liveFrame({ mirrors: [] }, { folder, isPublic: true }).operator?.confirmed, '2026-11-25')
      // A file that was named and is not there is a mistake on any server.
      const about = join(folder, 'typo.json')
      assert.throws(() => liveFrame({ mirrors: [], about }, { folder, isPublic: false }), InputError)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
