import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommand } from '../main.ts'

async function script(shell: string): Promise<string> {
  let said = ''
  const exit = await runCommand(
    ['completion', shell],
    testWorld('/nowhere', (text) => (said += text)),
  )
  assert.equal(exit, 0, said)
  return said
}

/** What bash offers for the last of some words. */
const offered = (made: string, ...words: readonly string[]): readonly string[] => {
  const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _kuager; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', `${made}\n${line}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

describe('kuager completion', () => {
  it('completes commands, their options and the values of an option in bash', async () => {
    const made = await script('bash')
    assert.deepEqual(offered(made, 'kuager', 'cus'), ['custody'])
    assert.deepEqual(offered(made, 'kuager', 'custody', 'ro'), ['rotate'])
    assert.deepEqual(offered(made, 'kuager', 'custody', 'add', '--ev'), ['--evidence'])
    assert.deepEqual(offered(made, 'kuager', 'incidents', '--lang', ''), ['kk', 'ru', 'en'])
    assert.ok(!offered(made, 'kuager', 'serve', '--').includes('--evidence'))
  })

  it('prints scripts that zsh and fish can read, if these are installed', async () => {
    for (const shell of ['zsh', 'fish']) {
      const made = await script(shell)
      assert.match(made, /webhook-secret/)
      if (spawnSync(shell, ['--version']).error !== undefined) continue
      execFileSync(shell, ['-n'], { input: made })
    }
  })

  it('refuses another shell', async () => {
    assert.equal(
      await runCommand(
        ['completion', 'tcsh'],
        testWorld('/nowhere', () => undefined),
      ),
      2,
    )
  })
})
