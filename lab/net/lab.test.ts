import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { LAB_NEEDS, missingForLab, STREAM_MODULE } from './needs.ts'
import { runCommand, tryCommand } from './run-command.ts'

const MISSING = missingForLab()
const skip = MISSING.length > 0 && `the laboratory: ${MISSING.join('; ')}`
const RUN = [process.execPath, fileURLToPath(new URL('run.ts', import.meta.url))]
const LIMIT_MS = 280_000

/** One scenario of each kind; `npm run lab` runs them all. */
const SOME = [
  'healthy',
  'hello-drop',
  'dns-injection-bogon',
  'tcp-drop',
  'interception',
  'http-block-page',
  'quic-drop',
  'throttle-up',
  'upload-only',
  'origin-down-refused',
  'origin-expired-certificate',
  'origin-geoblock',
  'dns-rotation',
  'captive-portal',
  'control-down',
]

describe('the laboratory, from probe to the verdict of the collector', { skip }, () => {
  it('finds in scenarios of each kind what they hold', async () => {
    const { code, out, err } = await tryCommand([...RUN, '--jobs', '2', '--json', ...SOME], { limit: LIMIT_MS })
    assert.equal(code, 0, `${out}\n${err}`)
    const last: unknown = JSON.parse(out.trim().split('\n').at(-1) ?? '')
    assert.ok(typeof last === 'object' && last !== null && 'unexpected' in last && 'scenarios' in last)
    assert.equal(last.unexpected, 0)
    assert.ok(Array.isArray(last.scenarios))
    assert.equal(last.scenarios.length, SOME.length)
  })
})

describe('npm test', () => {
  it('installs every package that the laboratory needs', async () => {
    const installed = await readFile(new URL('../../scripts/setup-test.ts', import.meta.url), 'utf8')
    for (const need of LAB_NEEDS)
      // Every Debian has this one.
      if (need.package !== 'util-linux') assert.ok(installed.includes(`package: '${need.package}'`), need.package)
    assert.ok(installed.includes(STREAM_MODULE))
  })
})

describe('npm run lab', () => {
  it('lists every scenario with its sentence, also where it cannot run any', async () => {
    assert.match(await runCommand([...RUN, '--list']), /\nhello-drop +A ClientHello with the name vanishes/)
  })

  it('refuses a name that is no scenario', async () => {
    const { code, err } = await tryCommand([...RUN, 'no-such-thing'])
    assert.equal(code, 2)
    assert.match(err, /Cannot run scenario "no-such-thing"/)
  })

  it('says what is missing to whoever is not root', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('it is asked as root to become nobody')
    const { code, err } = await tryCommand(['setpriv', '--reuid=65534', '--clear-groups', ...RUN, 'healthy'])
    assert.equal(code, 2, err)
    assert.match(err, /root is needed/)
  })
})
