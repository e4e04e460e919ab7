import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testWorld } from '../../test/kit/servers/world.ts'
import { COMMANDS, runCommand } from './main.ts'
import { summaryOf, type Command, type Task } from './terminal/command.ts'
import { readCommandLine } from './terminal/run-command.ts'

interface CommandPage {
  readonly path: readonly string[]
  readonly command: Command
  readonly text: (lang: string) => string
}

/** The page of every command, those below others included. */
async function commandPages(): Promise<readonly CommandPage[]> {
  const pages: CommandPage[] = []
  const add = async (path: readonly string[], command: Command): Promise<void> => {
    const texts = new Map<string, string>()
    for (const lang of ['kk', 'ru', 'en']) texts.set(lang, await helpPage(path, lang))
    pages.push({ path, command, text: (lang) => texts.get(lang) ?? '' })
    for (const [name, load] of Object.entries(command.commands ?? {})) await add([...path, name], await load())
  }
  for (const [name, { load }] of Object.entries(COMMANDS)) await add([name], await load())
  return pages
}

async function helpPage(path: readonly string[], lang: string): Promise<string> {
  let page = ''
  const world = testWorld('/nowhere', (text) => (page += text))
  assert.equal(await runCommand([...path, '--help'], { ...world, env: { KUAGER_LANG: lang } }), 0)
  return page
}

/** Reads an example as its command does; what a shell does with the output is left out. */
function readExample(command: Task, path: readonly string[], example: string): void {
  const [line = ''] = example.split(' > ')
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare)
  readCommandLine(command, { path, args, world: testWorld('/nowhere', () => undefined) })
}

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
    assert.deepEqual(new Set(listed.map(([, name]) => name)), new Set(Object.keys(COMMANDS)))
    assert.equal(listed.length, Object.keys(COMMANDS).length)
    assert.deepEqual(
      listed.filter(([, , about = '']) => about.split(' ').length > 10).map(([line]) => line),
      [],
    )
    assert.deepEqual(
      page.split('\n').filter((line) => line.length > 80),
      [],
    )
  })

  it('describes every command on a page of one language, with examples that it can read, and exit codes', async () => {
    const wrong: string[] = []
    const pages = await commandPages()
    assert.ok(pages.length > 130)
    for (const { path, command, text } of pages) {
      const say = (fault: string): void => void wrong.push(`kuager ${path.join(' ')}: ${fault}`)
      const page = text('en')
      if (summaryOf(command).split(' ').length > 10) say(`its line in lists is long: ${summaryOf(command)}`)
      if (/\p{Script=Cyrillic}/u.test(page.replace(/^Examples:\n(?: .*\n)+/m, ''))) say('it has two languages')
      if (!/^Examples:\n {2}kuager .+/m.test(page)) say('it has no example')
      if (!/^Exit codes:\n {2}0 .+\n {2}1 .+\n {2}2 .+/m.test(page)) say('it has no exit codes')
      const paragraphs = page.split(/\n{2,}/).map((one) => one.replaceAll(/\s+/g, ' '))
      if (new Set(paragraphs).size < paragraphs.length) say('it repeats a paragraph')
      const options = [...page.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name)
      if (new Set(options).size < options.length) say('it describes an option twice')
      for (const line of page.split('\n')) if (line.length > 100) say(`a line is long: ${line}`)
      for (const lang of ['kk', 'ru'])
        if (
          /^Usage: kuager/m.test(text(lang)) ===
          /\p{Script=Cyrillic}{3}/u.test(text(lang).replace(/^Examples:\n(?: .*\n)+/m, ''))
        )
          say(`its page in ${lang} has two languages`)
      if (command.kind === 'group') continue
      for (const example of command.examples)
        try {
          readExample(command, path, example)
        } catch (error) {
          say(`its example "${example}": ${String(error)}`)
        }
    }
    assert.deepEqual(wrong, [])
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
