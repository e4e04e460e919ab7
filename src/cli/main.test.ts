import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testWorld } from '../../test/kit/servers/world.ts'
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

  it('helps in lines of a hundred columns at most, whatever the command and the language', async () => {
    const helped = async (args: readonly string[], lang: string): Promise<string> => {
      let said = ''
      const world = testWorld('/nowhere', (text) => (said += text))
      assert.equal(await runCommand(args, { ...world, env: { KUAGER_LANG: lang } }), 0)
      return said
    }
    const names = [...(await helped(['help'], 'en')).matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name]) => name ?? [])
    assert.ok(names.length > 20)
    const tooWide: string[] = []
    for (const lang of ['kk', 'ru', 'en'])
      for (const args of [['help'], ...names.map((name) => [name, '--help'])])
        for (const line of (await helped(args, lang)).split('\n'))
          if ([...line].length > 100) tooWide.push(`${args.join(' ')}: ${line}`)
    assert.deepEqual(tooWide, [])
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
