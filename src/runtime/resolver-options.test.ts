import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { defined } from '../core/model/defined.ts'
import { askResolversOnce, lookupsAtOnce, takeLookupThreads } from './resolver-options.ts'

describe('options of lookups', () => {
  it('leave alone what the owner has set', () => {
    const env = { RES_OPTIONS: 'attempts:3', UV_THREADPOOL_SIZE: '8' }
    askResolversOnce(env)
    takeLookupThreads(env)
    assert.deepEqual(env, { RES_OPTIONS: 'attempts:3', UV_THREADPOOL_SIZE: '8' })
  })

  it('tell how many names are looked up at once', () => {
    const of = (set?: string): number => lookupsAtOnce(defined({ UV_THREADPOOL_SIZE: set }))
    assert.deepEqual([of(), of('16'), of('1'), of('nonsense'), of('0')], [2, 8, 1, 2, 1])
  })

  it(
    'have effect after the modules of a program are loaded',
    { skip: process.platform === 'linux' ? false : 'needs /proc' },
    async () => {
      const module = new URL('./resolver-options.ts', import.meta.url).href
      const script = `import { readdirSync } from 'node:fs'
        import { pbkdf2 } from 'node:crypto'
        import { takeLookupThreads } from ${JSON.stringify(module)}
        const threads = () => readdirSync('/proc/self/task').length
        const before = threads()
        takeLookupThreads()
        await new Promise((resolve) => pbkdf2('a', 'b', 1, 10, 'sha1', resolve))
        process.stdout.write(String(threads() - before))`
      const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'UV_THREADPOOL_SIZE'))
      const argv = ['--input-type=module', '--eval', script]
      const { stdout } = await promisify(execFile)(process.execPath, argv, { env })
      assert.ok(Number(stdout) >= 12, stdout)
    },
  )
})
