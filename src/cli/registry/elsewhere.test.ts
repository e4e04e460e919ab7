import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { startPostgres, WITHOUT_POSTGRES } from '../../../test/kit/stores/postgres.ts'
import { runCommand } from '../main.ts'

it(
  'a folder whose registry is in PostgreSQL is used by no command that is not told so',
  { skip: WITHOUT_POSTGRES },
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-elsewhere-'))
    await using server = await startPostgres()
    const { url } = await server.database()
    const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      let said = ''
      const exit = await runCommand(args, { ...testWorld(root, (text) => (said += text)), env })
      return { exit, said }
    }
    try {
      const env = { KUAGER_REGISTRY: url }
      const invited = await run(['keys', 'invite', '--folder', 'data'], env)
      assert.equal(invited.exit, 0, invited.said)
      assert.equal(await server.ask(url, 'SELECT count(*), max(uses_left) > 0 FROM invitations'), '1|t\n')
      for (const args of [
        ['keys', 'list'],
        ['registry', 'check'],
        ['registry', 'backup', '--out', 'saved'],
      ]) {
        const { exit, said } = await run([...args, '--folder', 'data'])
        assert.equal(exit, 2, said)
        assert.match(said, /its part keys is at ".*", and no variable says so/)
      }
      const checked = await run(['registry', 'check', '--folder', 'data'], env)
      assert.equal(checked.exit, 3)
      assert.match(checked.said, /keys: in PostgreSQL; save it by {2}pg_dump .*"\$KUAGER_REGISTRY"/)
      const back = await run(['registry', 'move', '--to', 'folder', '--folder', 'data'], env)
      assert.equal(back.exit, 0, back.said)
      assert.match(back.said, /keys is moved[^]*1 invitations/)
      assert.equal((await run(['registry', 'check', '--folder', 'data'])).exit, 0)
      const wrong = await run(['keys', 'list', '--folder', 'data'], env)
      assert.equal(wrong.exit, 1)
      assert.match(wrong.said, /was moved away/)
    } finally {
      await rm(root, { recursive: true })
    }
  },
)
