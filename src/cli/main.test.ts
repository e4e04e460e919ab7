import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testWorld } from '../../test/kit/servers/world.ts'
import { COMMANDS, runCommand } from './main.ts'

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

  it('prints the version of the package', async () => {
    for (const arg of ['--version', '-V', 'version']) {
      let said = ''
      const world = testWorld('/nowhere', (text) => (said += text))
      assert.equal(await runCommand([arg], world), 0)
      assert.match(said, /^\d+\.\d+\.\d+\n$/)
    }
  })

  it('begins with first steps, then lists every command once, for its reader, in at most ten words', async () => {
    let page = ''
    assert.equal(
      await runCommand(
        ['help'],
        testWorld('/nowhere', (text) => (page += text)),
      ),
      0,
    )
    assert.match(page, /\n\nStart here:\n {2}kuager demo /)
    const listed = [...page.matchAll(/^ {2}([a-z]+) {2,}(.+)$/gm)]
    assert.deepEqual(listed.map(([, name]) => name).toSorted(), Object.keys(COMMANDS).toSorted())
    assert.deepEqual(
      listed.filter(([, , about = '']) => about.split(' ').length > 10).map(([line]) => line),
      [],
    )
    assert.deepEqual(
      page.split('\n').filter((line) => line.length > 80),
      [],
    )
  })

  it('helps in lines of a hundred columns at most, in every command and language', async () => {
    const helped = async (args: readonly string[], lang: string): Promise<string> => {
      let said = ''
      const world = testWorld('/nowhere', (text) => (said += text))
      assert.equal(await runCommand(args, { ...world, env: { KUAGER_LANG: lang } }), 0)
      return said
    }
    const names = Object.keys(COMMANDS)
    assert.ok(names.length > 20)
    const lines: (readonly [string, string])[] = []
    const read = async (args: readonly string[], lang: string): Promise<void> => {
      const text = await helped([...args, '--help'], lang)
      lines.push(...text.split('\n').map((line) => [args.join(' '), line] as const))
      const commands = /^Commands:\n(.*?)\n\n/ms.exec(text)?.[1] ?? ''
      for (const [, name = ''] of commands.matchAll(/^ {2}([a-z-]+)/gm)) await read([...args, name], lang)
    }
    for (const lang of ['kk', 'ru', 'en'])
      for (const args of [[], ...names.map((name) => [name])]) await read(args, lang)
    assert.ok(new Set(lines.map(([command]) => command)).size > 60)
    assert.deepEqual(
      lines.filter(([, line]) => [...line].length > 100),
      [],
    )
  })

  it('says how to continue if a command is named and nothing to do', async () => {
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
