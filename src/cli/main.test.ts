import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testWorld } from '../../test/kit/world.ts'
import { runCommand } from './main.ts'

describe('runCommand()', () => {
  it('gives a terminal no control characters of what it quotes in a sentence, and keeps lines', async () => {
    const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egpj.x'
    for (const args of [[hostile], ['bundle', `--${hostile}`], ['verify', hostile], ['case', 'status', hostile]]) {
      let said = ''
      const world = testWorld('/nowhere', (text) => (said += text))
      assert.ok([1, 2].includes(await runCommand(args, { ...world, env: { KUAGER_DEBUG: '1' } })))
      assert.match(said, /^kuager: .*\ufffd/)
      assert.doesNotMatch(said.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
      assert.ok(said.endsWith('\n'))
    }
  })

  it('tells whoever names a command and nothing to do how to go on', async () => {
    for (const name of ['case', 'letter', 'reports', 'registry']) {
      let said = ''
      assert.equal(
        await runCommand(
          [name],
          testWorld('/nowhere', (text) => (said += text)),
        ),
        2,
      )
      assert.match(said, /^kuager: Cannot [a-z]+ [a-z]+: nothing to do is named; (?:see|expected) \S/)
    }
  })
})
