// Loaded into a server by `--import`: its files cannot be written while the file of KUAGER_REFUSING_DISK is there, which
// names the error, EIO or EROFS. A sync fails too, after what was written may have come to the disk. What native libraries
// write (SQLite, chDB) is not held up.
import { existsSync, promises, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { hostname } from 'node:os'

const path = process.env['KUAGER_REFUSING_DISK'] ?? ''
const refuse = (): void => {
  if (!existsSync(path)) return
  const code = readFileSync(path, 'utf8').trim()
  throw Object.assign(new Error(`${code}: the disk of a test (${hostname()})`), { code })
}

const { open } = promises
await using any = await open('/dev/null', 'r')
// oxlint-disable-next-line typescript/no-unsafe-assignment -- the class of handles has no name outside Node
const handles: Record<string, (...args: unknown[]) => Promise<unknown>> = Object.getPrototypeOf(any)
for (const name of ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync', 'truncate'] as const) {
  const real = handles[name]
  if (real === undefined) throw new Error(`a file has no ${name}`)
  handles[name] = async function (this: unknown, ...args) {
    refuse()
    return real.apply(this, args)
  }
}
promises.open = async (file, flags, mode) => {
  if (typeof flags === 'string' && flags !== 'r') refuse()
  return open(file, flags, mode)
}
syncBuiltinESMExports()
