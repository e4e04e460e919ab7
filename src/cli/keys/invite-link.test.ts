import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { spokenWorld } from '../../../test/kit/probe/probe-folder.ts'
import { mirrorKeyName, openMirrorKey } from '../../app/proof/mirror-key.ts'
import { formatJoinLink, joinKey, parseJoinLink } from '../../core/model/people/join-link.ts'
import { runCommand } from '../main.ts'

describe('kuager keys invite --link', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-invite-'))
  after(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'data')
  const observatory = 'https://kuager.example'

  it('puts a code into each link, draws it, and takes only the link of this folder', async () => {
    const run = async (...words: readonly string[]): Promise<{ exit: number; said: string }> => {
      const { world, said } = spokenWorld(root)
      return { exit: await runCommand(['keys', ...words, '--folder', folder], world), said: said() }
    }
    await run('list')
    const { verifier } = await openMirrorKey(folder, mirrorKeyName(observatory))
    const general = { observatory, key: joinKey(verifier.publicKey), collectors: [observatory], controls: [] }
    const { said } = await run('invite', '--count', '2', '--link', formatJoinLink(general))
    const links = said.split('\n').filter((line) => line.startsWith('https:'))
    const codes = links.map((line) => {
      const read = parseJoinLink(line)
      return read.kind === 'link' ? read.link.invitation : assert.fail(line)
    })
    assert.equal(new Set(codes).size, 2)
    for (const code of codes) assert.match(code ?? '', /^(?:[a-z2-9]{5}-){3}[a-z2-9]{5}$/)
    assert.match(
      (await run('invite', '--link', formatJoinLink(general), '--qr')).said,
      /\n\u001B\[30;107m {30,}\u001B\[0m\n/,
    )
    for (const wrong of [
      formatJoinLink({ ...general, key: 'A'.repeat(43) }),
      formatJoinLink({ ...general, invitation: 'abcde-fghjk' }),
      'https://kuager.example/join',
    ])
      assert.equal((await run('invite', '--link', wrong)).exit, 2)
  })
})
