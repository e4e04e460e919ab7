import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { HOUR_MS } from '../../core/model/duration.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { pausedUntil, savePause } from './pause-file.ts'

describe('a pause', () => {
  it('ends by itself, and ends where a clock that ran years ahead was set right', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-pause-'))
    try {
      const now = parseInstant('2026-11-25')
      const until = instant(now + 24 * HOUR_MS)
      await savePause(folder, until)
      assert.equal(await pausedUntil(folder, now), until)
      assert.equal(await pausedUntil(folder, until), undefined)
      await savePause(folder, instant(parseInstant('2031-01-01') + HOUR_MS))
      assert.equal(await pausedUntil(folder, now), undefined)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
