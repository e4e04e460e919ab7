import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { spokenWorld } from '../../../../test/kit/probe/probe-folder.ts'
import { runCommand } from '../../main.ts'

describe('a newcomer who reads no English', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-explain-'))))
  after(() => rm(root, { recursive: true }))

  it('gets a plain sentence about wrong use above the exact one', async () => {
    for (const [args, sentence] of [
      [['frog', '--lang', 'kk'], 'Мұндай команда жоқ.'],
      [['run', '--tiers', 'Q', '--lang=ru'], 'Команда написана неверно.'],
      [['invite', 'no code', '--lang', 'kk'], 'Бұл шақыру кодына ұқсамайды.'],
      [['run', '--no-such-option', '--lang', 'ru'], 'Команда написана неверно.'],
    ] as const) {
      const { world, said } = spokenWorld(root)
      assert.equal(await runCommand(['probe', ...args, '--folder', join(root, 'probe')], world), 2)
      const [first, second] = said().split('\n')
      assert.equal(first, sentence)
      assert.match(second ?? '', /^kuager: /)
    }
  })

  it('lists the commands in the language asked for, and in no other', async () => {
    for (const [lang, words, other] of [
      ['kk', /^Өлшеу бағдарламасы[\s\S]+ {2}run {8}қазір бір рет өлшеу\n[\s\S]+ {2}update /, /^Usage|Measure/m],
      ['ru', /^Программа измерения[\s\S]+ {2}forget {5}остановить и всё удалить\n[\s\S]+/, /^Usage|Measure/m],
      ['en', /^Usage: kuager probe/, /\p{Script=Cyrillic}/u],
    ] as const) {
      const { world, said } = spokenWorld(root)
      assert.equal(await runCommand(['probe', '--help', '--lang', lang], world), 0)
      assert.match(said(), words)
      assert.doesNotMatch(said(), other)
    }
  })
})
